using System.CommandLine;
using System.Net;
using TinyGptV.Backends;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary><c>tinygptv silo</c>.</summary>
internal sealed class SiloCommand : TeachingCommand
{
    private const int CoordinatorSiloPort = 11111;
    private const int CoordinatorGatewayPort = 30000;

    private readonly Option<string> _role = CommandOptions.Choice<SiloRole>(
        "--role", "coordinator: reads benchmarks, assigns shards, stores runs. replica: loads the model and answers.");

    private readonly Option<string?> _name = new("--name")
    {
        Description = "The unique name of the silo. Default: role and process id.",
        HelpName = "NAME",
    };

    private readonly Option<IPAddress> _advertise = Address(
        "--advertise", "The address at which other silos and clients reach this one. Default: 127.0.0.1 (this machine only).");

    private readonly Option<IPAddress> _listen = Address(
        "--listen", "The address to listen on; 0.0.0.0 for all interfaces. Default: the advertised address.");

    private readonly Option<int?> _siloPort = new("--silo-port")
    {
        Description = $"The port for other silos. Default: {CoordinatorSiloPort} for a coordinator, any free port for a replica.",
        HelpName = "PORT",
    };

    private readonly Option<int?> _gatewayPort = new("--gateway-port")
    {
        Description = $"The port for clients. Default: {CoordinatorGatewayPort} for a coordinator, none for a replica.",
        HelpName = "PORT",
    };

    private readonly Option<string?> _primary = new("--primary")
    {
        Description = $"The coordinator that a replica joins with --clustering localhost. Default: 127.0.0.1:{CoordinatorSiloPort}.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<int> _wait = CommandOptions.Wait("How long to wait for the membership store; for a replica, also for the coordinator.");

    private readonly Option<int> _replicas = new("--replicas")
    {
        Description = "Number of replicas with --scripted, for measuring a cluster. With a model, each --device is one replica.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _grace = new("--grace")
    {
        Description = "How long a stopping silo may take to finish its current work.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<string> _logFormat = CommandOptions.Choice<LogFormat>(
        "--log-format", "text for people; json for log stores (one object per line). Logs go to standard error.", LogFormat.Text);

    private readonly Option<IPEndPoint?> _http = Endpoint(
        "--http", "Serve /health/startup, /health/ready, /health/live and /metrics here; a port alone means 127.0.0.1. Default: off.");

    private readonly Option<IPEndPoint?> _dashboard = Endpoint("--dashboard", "Serve the Orleans dashboard here, without authentication. Default: off.");
    private readonly Option<Uri?> _collector = Collector();
    private readonly Option<string?> _data = CommandOptions.Data();
    private readonly Option<string> _runs = CommandOptions.Runs();
    private readonly Option<bool> _verbose = CommandOptions.Verbose();
    private readonly ModelOptionSet _model = new();
    private readonly StorageOptionSet _storage = new();
    private readonly MembershipOptionSet _membership = new();

    public SiloCommand(ProgramEnvironment environment) : base(
        "silo",
        "Runs one process of a cluster, a coordinator or a replica, until Ctrl+C or SIGTERM. It prints one line when it is ready. "
        + "With --clustering localhost, start one coordinator first; with redis or postgres, start any number of both, in any order, on any machine.",
        ("A coordinator, with benchmarks and runs", "tinygptv silo --role coordinator --data ./benchmarks --runs ./runs"),
        ("A replica, with model and images", "tinygptv silo --role replica --name r1 --data ./benchmarks --model ./checkpoints"),
        ("Then, from anywhere on this machine", "tinygptv eval --cluster 127.0.0.1:30000"),
        ("On many machines, with Redis",
            "TINYGPTV_MEMBERSHIP=redis:6379,password=... tinygptv silo --role replica --clustering redis --advertise 10.0.0.7"))
    {
        _siloPort.Validators.Add(NumberRange.Port);
        _gatewayPort.Validators.Add(NumberRange.Port);
        _replicas.Validators.Add(NumberRange.AtLeast(1));
        _grace.Validators.Add(NumberRange.AtLeast(0));
        foreach (Option option in (Option[])[
            _role, _name, _advertise, _listen, _siloPort, _gatewayPort, .. _membership.All, _primary, _wait, _data, _runs, .. _storage.WithImageRoots,
            .. _model.All,
            _replicas, _grace, _http, _dashboard, _collector, _logFormat, _verbose])
            Add(option);
        SetAction((result, cancellationToken) => new SiloSession(environment).RunAsync(Bind(result, environment), cancellationToken));
    }

    private SiloOptions Bind(ParseResult result, ProgramEnvironment environment)
    {
        var role = result.GetChoice<SiloRole>(_role);
        Refuse(result, environment, role == SiloRole.Coordinator ? [.. _model.All, _replicas, _primary] : [_runs], role);
        ModelOptions model = _model.Bind(result, environment.DemonstrationModel);
        int replicas = result.GetValue(_replicas);
        if (replicas > 1 && model.ScriptDelay is null)
            throw new PrerequisiteException(
                $"{_replicas.Name} {replicas} needs --scripted. "
                + "For several replicas of a model, list devices, for example --device cuda:0,cuda:1 or --device cpu,cpu.");
        IPAddress advertised = result.GetValue(_advertise) ?? IPAddress.Loopback;
        return new SiloOptions
        {
            Role = role,
            Name = result.GetValue(_name) ?? $"{role.ToString().ToLowerInvariant()}-{Environment.ProcessId}",
            Endpoints = new SiloEndpoints
            {
                Advertised = advertised,
                Listening = result.GetValue(_listen),
                SiloPort = result.GetValue(_siloPort) ?? (role == SiloRole.Coordinator ? CoordinatorSiloPort : 0),
                GatewayPort = result.GetValue(_gatewayPort) ?? (role == SiloRole.Coordinator ? CoordinatorGatewayPort : null),
            },
            Membership = _membership.Bind(result),
            Grace = TimeSpan.FromSeconds(result.GetValue(_grace)),
            Primary = ClusterAddress.Parse(result.GetValue(_primary) ?? $"127.0.0.1:{CoordinatorSiloPort}"),
            Wait = TimeSpan.FromSeconds(result.GetValue(_wait)),
            Data = StorageLocation.Parse(result.GetValue(_data) ?? environment.SampleBenchmarks),
            Runs = StorageLocation.Parse(result.GetRequiredValue(_runs)),
            Storage = _storage.Bind(result, environment),
            Model = model,
            Replicas = replicas,
            Http = result.GetValue(_http),
            Dashboard = result.GetValue(_dashboard),
            Collector = result.GetValue(_collector),
            Log = new LogOptions(result.GetValue(_verbose), result.GetChoice<LogFormat>(_logFormat)),
        };
    }

    private static Option<IPEndPoint?> Endpoint(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "[ADDRESS:]PORT",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (IPEndPoint.TryParse(text.Contains(':', StringComparison.Ordinal) ? text : $"{IPAddress.Loopback}:{text}", out IPEndPoint? endpoint))
                return endpoint;
            result.AddError($"{name} must be PORT or ADDRESS:PORT; found '{text}'.");
            return null;
        },
    };

    private static Option<Uri?> Collector() => new("--otlp")
    {
        Description = "Send metrics and traces to this OpenTelemetry collector. OTEL_EXPORTER_OTLP_* variables apply, for example OTEL_EXPORTER_OTLP_PROTOCOL.",
        HelpName = "URL",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
                return address;
            result.AddError($"--otlp must be the URL of a collector, for example http://collector:4317; found '{text}'.");
            return null;
        },
    };

    private static Option<IPAddress> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS",
        CustomParser = result =>
        {
            if (IPAddress.TryParse(result.Tokens[0].Value, out IPAddress? address))
                return address;
            result.AddError($"{name} must be an IP address; found '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static void Refuse(ParseResult result, ProgramEnvironment environment, IEnumerable<Option> options, SiloRole role)
    {
        string[] given = [.. options.Where(option => result.IsTyped(option, environment)).Select(option => option.Name)];
        if (given.Length > 0)
            throw new PrerequisiteException(
                $"A {role.ToString().ToLowerInvariant()} does not use {string.Join(", ", given)}. Omit it, or pass it to the other kind of silo.");
    }
}
