using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Telemetry;

/// <summary>
/// Metrics and traces of this process: our own (<c>tinygptv.*</c>) and those of Orleans, Polly and the runtime. Metrics are served at
/// <c>/metrics</c>; with a collector, metrics and traces are also sent to it (OTLP; the standard <c>OTEL_*</c> variables set the rest).
/// </summary>
public sealed class SiloTelemetry : IDisposable
{
    private const string Service = "tinygptv";
    private const string OwnSources = "TinyGptV.*";

    // In seconds: from a scripted lease, answered at once, to minutes on a slow machine.
    private static readonly double[] LeaseDurations = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];

    private readonly TracerProvider? _traces;

    private SiloTelemetry(MeterProvider metrics, TracerProvider? traces) => (Metrics, _traces) = (metrics, traces);

    public MeterProvider Metrics { get; }

    /// <param name="silo">The silo's name, its service instance id.</param>
    /// <param name="collector">The endpoint of an OTLP collector; null for none.</param>
    public static SiloTelemetry Start(string silo, Uri? collector)
    {
        ResourceBuilder resource = ResourceBuilder.CreateDefault().AddService(Service, serviceVersion: ProgramVersion.Text, serviceInstanceId: silo);
        MeterProviderBuilder metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(OwnSources, "Microsoft.Orleans", "Polly")
            .AddRuntimeInstrumentation()
            .AddView("tinygptv.lease.duration", new ExplicitBucketHistogramConfiguration { Boundaries = LeaseDurations })
            .AddPrometheusExporter();
        if (collector is null)
            return new SiloTelemetry(metrics.Build(), null);
        return new SiloTelemetry(
            metrics.AddOtlpExporter(options => SendTo(options, collector, "v1/metrics")).Build(),
            Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(OwnSources, "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime")
                .AddOtlpExporter(options => SendTo(options, collector, "v1/traces"))
                .Build());
    }

    /// <summary>Flushes and stops.</summary>
    public void Dispose()
    {
        Metrics.Dispose();
        _traces?.Dispose();
    }

    private static void SendTo(OtlpExporterOptions options, Uri collector, string path) =>
        options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri(collector, path) : collector;
}
