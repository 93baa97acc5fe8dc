using System.Collections.Immutable;
using System.CommandLine;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv eval</c>.</summary>
internal sealed class EvalCommand : TeachingCommand
{
    private readonly Option<string?> _benchmarks = new("--benchmarks")
    {
        Description = "The benchmarks to evaluate, separated by commas. Default: all.",
        HelpName = "NAMES",
    };

    private readonly Option<string?> _run = new("--run")
    {
        Description = "The name of the run. Default: derived from the settings, so the same command continues the same run.",
        HelpName = "NAME",
    };

    private readonly Option<int> _shardSize = new("--shard-size")
    {
        Description = "Samples per shard, the unit that is stored. A replica gets one or more shards at a time, depending on its speed.",
        HelpName = "N",
        DefaultValueFactory = _ => new Cluster.Contracts.RunRequest().ShardSize,
    };

    private readonly Option<int?> _limit = new("--limit") { Description = "Evaluate only the first N samples of each benchmark.", HelpName = "N" };

    private readonly Option<bool> _allowPartial = new("--allow-partial")
    {
        Description = "Evaluate benchmarks even if samples or images are missing; the report says so.",
    };

    private readonly Option<bool> _retryFailed = new("--retry-failed")
    {
        Description = "Ask the samples that failed again, in the same run. The run keeps what they were, and the report says how many were asked again.",
    };

    private readonly Option<int?> _priority = CommandOptions.Priority();
    private readonly Option<string?> _data = CommandOptions.Data();
    private readonly Option<string> _runs = CommandOptions.Runs();
    private readonly Option<string?> _cluster = CommandOptions.Cluster();
    private readonly Option<int> _wait = CommandOptions.Wait("How long to wait for the cluster, also after losing it, and for its first replica.");
    private readonly Option<string> _mode = CommandOptions.Mode();
    private readonly Option<string> _format = CommandOptions.Format();
    private readonly Option<bool> _verbose = CommandOptions.Verbose();
    private readonly ModelOptionSet _model = new();
    private readonly StorageOptionSet _storage = new();
    private readonly MembershipOptionSet _membership = new();

    public EvalCommand(ProgramEnvironment environment) : base(
        "eval",
        "Evaluates benchmarks: asks the model every question, stores the answers, scores them and writes reports. "
        + "Runs in this process unless --cluster or --clustering names a running cluster. After an interruption, the same command continues where it stopped.",
        ("The shipped samples with the shipped demonstration model", "tinygptv eval"),
        ("Your own checkpoint on the first 500 questions of GQA and VSR",
            "tinygptv eval --model ./checkpoints --data ./benchmarks --benchmarks gqa,vsr --limit 500"),
        ("On a running cluster, which has its own data and model", "tinygptv eval --cluster 127.0.0.1:30000"),
        ("On a cluster that keeps its members in Redis", "tinygptv eval --clustering redis --membership redis:6379"))
    {
        _shardSize.Validators.Add(NumberRange.AtLeast(1));
        _limit.Validators.Add(NumberRange.AtLeast(1));
        foreach (Option option in (Option[])[
            _benchmarks, _data, .. _model.All, _run, _runs, .. _storage.WithImageRoots, _shardSize, _limit, _allowPartial, _retryFailed, _priority, _mode,
            _cluster, .. _membership.All,
            _wait, _format, _verbose])
            Add(option);
        SetAction((result, cancellationToken) => new EvaluationSession(environment).RunAsync(Bind(result, environment), cancellationToken));
    }

    private EvalOptions Bind(ParseResult result, ProgramEnvironment environment)
    {
        ClusterEntrance entrance = _membership.BindEntrance(result, _cluster, _wait);
        if (entrance.LeadsElsewhere)
            RefuseSiloOptions(result, environment);
        return new EvalOptions
        {
            Request = new()
            {
                Run = result.GetValue(_run) is { } run ? RunId.Parse(run) : null,
                Benchmarks = [.. CommandOptions.SplitNames(result.GetValue(_benchmarks) ?? "").Select(name => new BenchmarkName(name))],
                ShardSize = result.GetValue(_shardSize),
                Limit = result.GetValue(_limit),
                AllowPartial = result.GetValue(_allowPartial),
                RetryFailed = result.GetValue(_retryFailed),
                Mode = result.GetRequiredValue(_mode),
                Priority = result.GetValue(_priority),
            },
            Entrance = entrance,
            Storage = _storage.Bind(result, environment),
            Model = _model.Bind(result, environment.DemonstrationModel),
            Data = StorageLocation.Parse(result.GetValue(_data) ?? environment.SampleBenchmarks),
            Runs = StorageLocation.Parse(result.GetRequiredValue(_runs)),
            Mode = result.GetRequiredValue(_mode),
            Wait = TimeSpan.FromSeconds(result.GetValue(_wait)),
            Format = result.GetChoice<OutputFormat>(_format),
            Log = new LogOptions(result.GetValue(_verbose)),
        };
    }

    private void RefuseSiloOptions(ParseResult result, ProgramEnvironment environment)
    {
        IEnumerable<Option> options = [.. _model.All, .. _storage.WithImageRoots, _data, _runs];
        ImmutableArray<string> given = [.. options.Where(option => result.IsTyped(option, environment)).Select(option => option.Name)];
        if (!given.IsEmpty)
            throw new PrerequisiteException(
                $"On a running cluster, data, model and runs belong to the silos, but found {string.Join(", ", given)}. "
                + "Pass these to 'tinygptv silo', or omit --cluster and --clustering.");
    }
}
