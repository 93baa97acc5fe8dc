using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Telemetry;

namespace TinyGptV.Hosting.Web;

/// <summary>
/// Health and metrics for orchestrators and collectors, over plain HTTP: <c>/health/startup</c>, <c>/health/ready</c>,
/// <c>/health/live</c> and <c>/metrics</c>. It answers before the silo joins and until it has left. Read-only.
/// </summary>
public sealed class StatusServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private StatusServer(WebApplication application, IPEndPoint endpoint) => (_application, Endpoint) = (application, endpoint);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <param name="endpoint">Where to listen; port 0 for any free one.</param>
    /// <param name="health">Source of the health endpoints.</param>
    /// <param name="telemetry">Source of <c>/metrics</c>.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="PrerequisiteException">The port is taken, or the address does not belong to this machine.</exception>
    public static async Task<StatusServer> StartAsync(IPEndPoint endpoint, SiloHealth health, SiloTelemetry telemetry, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(endpoint));
        builder.Services.AddRoutingCore();
        AddChecks(builder.Services.AddHealthChecks(), health);
        WebApplication application = builder.Build();
        foreach (string check in (string[])["startup", "ready", "live"])
        {
            application.MapHealthChecks(
                $"/health/{check}", new HealthCheckOptions { Predicate = registered => registered.Name == check, ResponseWriter = WriteAsync });
        }
        application.MapPrometheusScrapingEndpoint("/metrics", telemetry.Metrics, configureBranchedPipeline: null, optionsName: null);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or AddressInUseException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            throw new PrerequisiteException($"Cannot listen on {endpoint}: {exception.Message} Choose another address or port with --http.", exception);
        }
        return new StatusServer(application, new IPEndPoint(endpoint.Address, new Uri(application.Urls.First()).Port));
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void AddChecks(IHealthChecksBuilder checks, SiloHealth health)
    {
        checks.AddCheck("startup", () => Judge(health.Phase, _ => health.HasStarted));
        checks.AddCheck("ready", () => Judge(health.Phase, phase => phase == SiloPhase.Ready));
        // The answer itself shows that the process and its thread pool run.
        checks.AddCheck("live", () => Judge(health.Phase, phase => phase != SiloPhase.Dead));
    }

    private static HealthCheckResult Judge(SiloPhase phase, Predicate<SiloPhase> isGood)
    {
        string text = phase.ToString().ToLowerInvariant();
        return isGood(phase) ? HealthCheckResult.Healthy(text) : HealthCheckResult.Unhealthy(text);
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync($"{report.Entries.Values.Single().Description}\n", context.RequestAborted);
    }
}
