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
    private readonly Option<string?> _benchmarks = new("--benchmarks") { Description = "The benchmarks to evaluate, with commas between them. Default: all.", HelpName = "NAMES" };
    private readonly Option<string?> _run = new("--run") { Description = "The run's name. Default: made from the settings, so that the same command continues the same run.", HelpName = "NAME" };
    private readonly Option<int> _shardSize = new("--shard-size") { Description = "How many samples are stored together; a replica gets as many shards at once as suit its speed, at least one.", HelpName = "N", DefaultValueFactory = _ => new Cluster.Contracts.RunRequest().ShardSize };
    private readonly Option<int?> _limit = new("--limit") { Description = "Evaluate at most this many samples of each benchmark, the first ones.", HelpName = "N" };
    private readonly Option<bool> _allowPartial = new("--allow-partial") { Description = "Evaluate benchmarks also if samples or images are missing; the report is marked then." };
    private readonly Option<int?> _priority = RunOptions.Priority();
    private readonly Option<string?> _data = RunOptions.Data();
    private readonly Option<string> _runs = RunOptions.Runs();
    private readonly Option<string?> _cluster = RunOptions.Cluster();
    private readonly Option<int> _wait = RunOptions.Wait("How many seconds to wait for a cluster to answer, again when it is lost, and for its first replica.");
    private readonly Option<string> _mode = RunOptions.Mode();
    private readonly Option<string> _format = RunOptions.Format();
    private readonly Option<bool> _verbose = RunOptions.Verbose();
    private readonly ModelOptionSet _model = new();
    private readonly StorageOptionSet _storage = new();
    private readonly MembershipOptionSet _membership = new();

    public EvalCommand(ProgramEnvironment environment) : base(
        "eval",
        "Evaluates benchmarks: asks the model every question, keeps its answers, scores them, writes reports. "
        + "Everything runs in this process unless --cluster or --clustering names a running cluster. Interrupted, it continues where it stopped when the same command is given again.",
        ("The shipped samples with the shipped demonstration model", "tinygptv eval"),
        ("Your own checkpoint on the first 500 questions of GQA and VSR", "tinygptv eval --model ./checkpoints --data ./benchmarks --benchmarks gqa,vsr --limit 500"),
        ("On a running cluster, which has data and model itself", "tinygptv eval --cluster 127.0.0.1:30000"),
        ("On a cluster whose members stand in Redis", "tinygptv eval --clustering redis --membership redis:6379"))
    {
        _shardSize.Validators.Add(NumberRange.AtLeast(1));
        _limit.Validators.Add(NumberRange.AtLeast(1));
        foreach (Option option in (Option[])[_benchmarks, _data, .. _model.All, _run, _runs, .. _storage.All, _shardSize, _limit, _allowPartial, _priority, _mode, _cluster, .. _membership.All, _wait, _format, _verbose])
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
                Benchmarks = [.. (result.GetValue(_benchmarks) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => new BenchmarkName(name))],
                ShardSize = result.GetValue(_shardSize),
                Limit = result.GetValue(_limit),
                AllowPartial = result.GetValue(_allowPartial),
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
        ImmutableArray<string> given = [.. _model.All.Concat(_storage.All).Append(_data).Append(_runs).Where(option => result.IsTyped(option, environment)).Select(option => option.Name)];
        if (!given.IsEmpty)
            throw new PrerequisiteException(
                $"In a cluster that runs elsewhere, data, model and runs belong to the cluster's silos, but {string.Join(", ", given)} was given too. Give it to 'tinygptv silo', or leave --cluster and --clustering out.");
    }
}
