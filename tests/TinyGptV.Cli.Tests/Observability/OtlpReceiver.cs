using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TinyGptV.Cli.Tests.Observability;

/// <summary>A collector of metrics and traces: takes OTLP over HTTP, in protobuf, and keeps what came.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ByteString> _traces = new();
    private readonly ConcurrentQueue<ByteString> _metrics = new();

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>What <c>--otlp</c> takes.</summary>
    public string Address => _application.Urls.Single();

    /// <summary>All spans so far.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _traces.SelectMany(OtlpSpan.Read)];

    /// <summary>All points of sums so far, in the order of their arrival: a sum is sent again and again as it grows.</summary>
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
        // An empty message says that everything was taken.
        context.Response.ContentType = "application/x-protobuf";
    }
}
