using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TinyGptV.Cli.Tests.Observability;

/// <summary>A collector for metrics and traces: receives OTLP over HTTP with protobuf and stores it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ByteString> _traces = new();
    private readonly ConcurrentQueue<ByteString> _metrics = new();

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>The value for <c>--otlp</c>.</summary>
    public string Address => _application.Urls.Single();

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _traces.SelectMany(OtlpSpan.Read)];

    /// <summary>All data points of sums so far, in order of arrival; a growing sum is sent repeatedly.</summary>
    public IReadOnlyList<OtlpSum> Sums => [.. _metrics.SelectMany(OtlpSum.Read)];

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var receiver = new OtlpReceiver(builder.Build());
        receiver._application.MapPost("/v1/traces", context => TakeAsync(context, receiver._traces));
        receiver._application.MapPost("/v1/metrics", context => TakeAsync(context, receiver._metrics));
        await receiver._application.StartAsync(cancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task TakeAsync(HttpContext context, ConcurrentQueue<ByteString> requests)
    {
        requests.Enqueue(await ByteString.FromStreamAsync(context.Request.Body, context.RequestAborted));
        // An empty response means that everything was accepted.
        context.Response.ContentType = "application/x-protobuf";
    }
}
