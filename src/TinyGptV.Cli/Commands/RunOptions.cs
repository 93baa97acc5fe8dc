using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cli.Commands;

/// <summary>Options that several commands have; each command adds new ones of its own.</summary>
internal static class RunOptions
{
    public static Option<string> Runs() => new("--runs")
    {
        Description = "The folder of runs, or the URI of a Blob container or of a prefix in it.",
        HelpName = "DIR|URI",
        DefaultValueFactory = _ => "runs",
    };

    public static Option<string?> Data() => new("--data")
    {
        Description = "The folder of benchmarks: one sub-folder for each, with its official files. Or the URI of a Blob container or of a prefix in it. Default: the shipped samples.",
        HelpName = "DIR|URI",
    };

    public static Option<string?> Cluster() => new("--cluster")
    {
        Description = "Gateways of a running cluster, with commas between them.",
        HelpName = "HOST:PORT",
    };

    public static Option<int?> Priority() => new("--priority")
    {
        Description = "Runs of higher priority get replicas first; those of equal priority share them evenly. Default: the one the run had, at first 0.",
        HelpName = "N",
    };

    public static Option<string> Mode() => new("--mode")
    {
        Description = "The scoring mode: how answers are compared with the reference.",
        HelpName = "MODE",
        DefaultValueFactory = _ => StoredReport.DefaultMode,
    };

    public static Option<string> Format() => Choice<OutputFormat>(
        "--format", "text for people, json for scripts (then standard output holds one JSON document and nothing else).", OutputFormat.Text);

    public static Option<bool> Verbose() => new("--verbose") { Description = "Log what goes on to standard error." };

    public static Argument<string> Run() => new("RUN") { Description = "The name of the run, as 'tinygptv runs' lists it." };

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

    private static Option<int> Checked(Option<int> option)
    {
        option.Validators.Add(NumberRange.AtLeast(0));
        return option;
    }
}
