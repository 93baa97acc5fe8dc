using System.CommandLine;
using TinyGptV.Cli.Silo;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv silo</c>.</summary>
internal sealed class SiloCommand : TeachingCommand
{
    private const int CoordinatorSiloPort = 11111;
    private const int CoordinatorGatewayPort = 30000;

    private readonly Option<string> _role = RunOptions.Choice<SiloRole>(
        "--role", "coordinator reads benchmarks, gives out shards and keeps runs; replica loads the model and answers.");

    private readonly Option<string?> _name = new("--name") { Description = "The silo's name, different from all others. Default: the role and the process id.", HelpName = "NAME" };
    private readonly Option<int?> _siloPort = new("--silo-port") { Description = $"The port for other silos. Default: {CoordinatorSiloPort} for a coordinator, any free one for a replica.", HelpName = "PORT" };
    private readonly Option<int?> _gatewayPort = new("--gateway-port") { Description = $"The port for 'tinygptv eval --cluster'. Default: {CoordinatorGatewayPort} for a coordinator, none for a replica.", HelpName = "PORT" };
    private readonly Option<string?> _primary = new("--primary") { Description = $"The coordinator that a replica joins. Default: 127.0.0.1:{CoordinatorSiloPort}.", HelpName = "HOST:PORT" };
    private readonly Option<int> _wait = RunOptions.Wait("How many seconds a replica waits for the coordinator.");
    private readonly Option<int> _replicas = new("--replicas") { Description = "As how many replicas the silo offers its model, for measuring a cluster with --scripted; a model on a device is one.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _data = RunOptions.Data();
    private readonly Option<string> _runs = RunOptions.Runs();
    private readonly Option<bool> _verbose = RunOptions.Verbose();
    private readonly ModelOptionSet _model = new();

    public SiloCommand(ProgramEnvironment environment) : base(
        "silo",
        "Runs one process of a cluster on this machine until it is told to stop (Ctrl+C or SIGTERM). Start one coordinator first, then as many replicas as there is room for; "
        + "each prints one line when it is ready.",
        ("The coordinator, with benchmarks and runs", "tinygptv silo --role coordinator --data ./benchmarks --runs ./runs"),
        ("A replica, with model and images", "tinygptv silo --role replica --name r1 --data ./benchmarks --model ./checkpoints"),
        ("Then, from anywhere on this machine", "tinygptv eval --cluster 127.0.0.1:30000"))
    {
        _siloPort.Validators.Add(NumberRange.Port);
        _gatewayPort.Validators.Add(NumberRange.Port);
        _replicas.Validators.Add(NumberRange.AtLeast(1));
        foreach (Option option in (Option[])[_role, _name, _siloPort, _gatewayPort, _primary, _wait, _data, _runs, .. _model.All, _replicas, _verbose]) Add(option);
        SetAction((result, cancellationToken) => new SiloSession(environment).RunAsync(Bind(result, environment), cancellationToken));
    }

    private SiloOptions Bind(ParseResult result, ProgramEnvironment environment)
    {
        var role = result.GetChoice<SiloRole>(_role);
        Refuse(result, role == SiloRole.Coordinator ? [.. _model.All, _replicas, _primary, _wait] : [_runs], role);
        return new SiloOptions
        {
            Role = role,
            Name = result.GetValue(_name) ?? $"{role.ToString().ToLowerInvariant()}-{Environment.ProcessId}",
            SiloPort = result.GetValue(_siloPort) ?? (role == SiloRole.Coordinator ? CoordinatorSiloPort : 0),
            GatewayPort = result.GetValue(_gatewayPort) ?? (role == SiloRole.Coordinator ? CoordinatorGatewayPort : null),
            Primary = ClusterAddress.Parse(result.GetValue(_primary) ?? $"127.0.0.1:{CoordinatorSiloPort}"),
            Wait = TimeSpan.FromSeconds(result.GetValue(_wait)),
            Data = result.GetValue(_data) ?? environment.SampleBenchmarks,
            Runs = result.GetRequiredValue(_runs),
            Model = _model.Bind(result, environment.DemonstrationModel),
            Replicas = result.GetValue(_replicas),
            Verbose = result.GetValue(_verbose),
        };
    }

    private static void Refuse(ParseResult result, IEnumerable<Option> options, SiloRole role)
    {
        string[] given = [.. options.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (given.Length > 0)
            throw new PrerequisiteException(
                $"A {role.ToString().ToLowerInvariant()} has no use for {string.Join(", ", given)}. Leave it out, or give it to the other kind of silo.");
    }
}
