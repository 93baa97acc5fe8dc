using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cli.Commands;

/// <summary>Options that several commands have; each command gets its own instances.</summary>
internal static class CommandOptions
{
    public static Option<string> Runs() => new("--runs")
    {
        Description = "The folder of runs, or the URI of a Blob container or a prefix in one.",
        HelpName = "DIR|URI",
        DefaultValueFactory = _ => "runs",
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "The folder of benchmarks, one sub-folder each with the official files; or the URI of a Blob container or a prefix in one. "
            + "Default: the shipped samples.",
        HelpName = "DIR|URI",
    };

    public static Option<string?> Cluster() => new("--cluster")
    {
        Description = "Gateways of a running cluster, separated by commas.",
        HelpName = "HOST:PORT",
    };

    public static Option<int?> Priority() => new("--priority")
    {
        Description = "Runs of higher priority get replicas first; runs of equal priority share them evenly. Default: unchanged; 0 for a new run.",
        HelpName = "N",
    };

    public static Option<string> Mode() => new("--mode")
    {
        Description = "The scoring mode: how answers are compared with the reference.",
        HelpName = "MODE",
        DefaultValueFactory = _ => StoredReport.DefaultMode,
    };

    public static Option<string> Format() => Choice<OutputFormat>(
        "--format", "text for people; json for scripts (exactly one JSON document on standard output).", OutputFormat.Text);

    public static Option<bool> Verbose() => new("--verbose") { Description = "Verbose logging on standard error." };

    public static Argument<string> Run() => new("RUN") { Description = "The name of the run, as listed by 'tinygptv runs'." };

    public static Option<int> Wait(string description) => Checked(new("--wait")
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    });

    /// <summary>An option whose values are the names of an enumeration in lower case.</summary>
    public static Option<string> Choice<T>(string name, string description, T? standard = null) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = description, Required = standard is null };
        if (standard is { } value)
            option.DefaultValueFactory = _ => value.ToString().ToLowerInvariant();
        return option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. Enum.GetNames<T>().Select(one => one.ToLowerInvariant())]);
    }

    public static T GetChoice<T>(this ParseResult result, Option<string> option) where T : struct, Enum =>
        Enum.Parse<T>(result.GetRequiredValue(option), ignoreCase: true);

    /// <summary>The names in a value that separates them with commas.</summary>
    public static string[] SplitNames(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Option<int> Checked(Option<int> option)
    {
        option.Validators.Add(NumberRange.AtLeast(0));
        return option;
    }
}
