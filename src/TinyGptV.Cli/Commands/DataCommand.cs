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
        ("The benchmarks that are known", "tinygptv data list"),
        ("Where to get GQA, and how its folder must look", "tinygptv data list gqa"),
    ];

    private static readonly (string, string)[] Verifications =
    [
        ("Whether your files are complete and every picture can be decoded", "tinygptv data verify gqa ./benchmarks"),
        ("The same for a script", "tinygptv data verify hm ./benchmarks --format json"),
        ("What a container holds", "tinygptv data verify vsr https://ACCOUNT.blob.core.windows.net/benchmarks"),
    ];

    public DataCommand(ProgramEnvironment environment)
        : base("data", "Tells where to get benchmarks, and checks their files.", [.. Listings, .. Verifications])
    {
        Add(List(environment));
        Add(Verify(environment));
    }

    private static TeachingCommand List(ProgramEnvironment environment)
    {
        var name = new Argument<string?>("BENCHMARK") { Description = "One benchmark. Default: all that are known.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> format = RunOptions.Format();
        var list = new TeachingCommand(
            "list", "Lists the known benchmarks; of one of them, tells source, licence, splits, prompt, scoring, and how its folder must look.", Listings) { name, format };
        list.SetAction((result, cancellationToken) =>
            new BenchmarkListing(environment).WriteAsync(result.GetValue(name), result.GetChoice<OutputFormat>(format), cancellationToken));
        return list;
    }

    private static TeachingCommand Verify(ProgramEnvironment environment)
    {
        var name = new Argument<string>("BENCHMARK") { Description = "The benchmark." };
        var location = new Argument<string>("DIR|URI") { Description = "Where benchmarks are, as --data takes it: a folder, or the URI of a Blob container or of a prefix in it. Of a folder also the benchmark's own in it." };
        var storage = new StorageOptionSet();
        Option<string> format = RunOptions.Format();
        var verify = new TeachingCommand(
            "verify",
            "Reads a benchmark whole: counts samples and distinct images, finds images that are missing, decodes every other one, and holds all of it against the official figures. "
            + "Exit code 0 if it is complete, 2 with everything that is wrong.",
            Verifications) { name, location, format };
        foreach (Option option in storage.All)
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
