using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv data</c>.</summary>
internal sealed class DataCommand : TeachingCommand
{
    private static readonly (string, string)[] Listings =
    [
        ("All known benchmarks", "tinygptv data list"),
        ("Where to get GQA, and how to lay out its folder", "tinygptv data list gqa"),
        ("Which files of your own benchmark are read", "tinygptv data list mine --data ./benchmarks"),
    ];

    private static readonly (string, string)[] Verifications =
    [
        ("Check that your files are complete and every image can be decoded", "tinygptv data verify gqa ./benchmarks"),
        ("The same for a script", "tinygptv data verify hm ./benchmarks --format json"),
        ("A benchmark in a Blob container", "tinygptv data verify vsr https://ACCOUNT.blob.core.windows.net/benchmarks"),
    ];

    public DataCommand(ProgramEnvironment environment)
        : base("data", "Shows where to get benchmarks, and checks their files.", [.. Listings, .. Verifications])
    {
        Add(List(environment));
        Add(Verify(environment));
    }

    private static TeachingCommand List(ProgramEnvironment environment)
    {
        var name = new Argument<string?>("BENCHMARK") { Description = "One benchmark. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data")
        {
            Description = "Where your own benchmarks are: a folder, or the URI of a Blob container or a prefix in one. Default: none.",
            HelpName = "DIR|URI",
        };
        Option<string> format = CommandOptions.Format();
        var list = new TeachingCommand(
            "list",
            "Lists the known benchmarks. For one benchmark: source, licence, splits, prompt, scoring, and the layout of its folder.",
            Listings) { name, data, format };
        list.SetAction((result, cancellationToken) =>
            new BenchmarkListing(environment).WriteAsync(
                result.GetValue(name), result.GetValue(data) is { } own ? StorageLocation.Parse(own) : null, result.GetChoice<OutputFormat>(format),
                cancellationToken));
        return list;
    }

    private static TeachingCommand Verify(ProgramEnvironment environment)
    {
        var name = new Argument<string>("BENCHMARK") { Description = "The benchmark." };
        var location = new Argument<string>("DIR|URI")
        {
            Description = "The folder of benchmarks, as for --data, or the benchmark's own sub-folder; or the URI of a Blob container or a prefix in one.",
        };
        var storage = new StorageOptionSet();
        Option<string> format = CommandOptions.Format();
        var verify = new TeachingCommand(
            "verify",
            "Reads a whole benchmark: counts samples and distinct images, finds missing images, decodes the others, and compares the counts with the official "
            + "numbers. Exit code 0 if it is complete; 2 with a list of all problems.",
            Verifications) { name, location, format };
        foreach (Option option in storage.WithImageRoots)
            verify.Add(option);
        verify.SetAction((result, cancellationToken) => new BenchmarkVerification(environment).WriteAsync(
            new BenchmarkVerificationOptions
            {
                Benchmark = new BenchmarkName(result.GetRequiredValue(name)),
                Location = StorageLocation.Parse(result.GetRequiredValue(location)),
                Storage = storage.Bind(result, environment),
                Format = result.GetChoice<OutputFormat>(format),
            },
            cancellationToken));
        return verify;
    }
}
