using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TinyGptV.Fixtures.Storage;

/// <summary>
/// An HTTP/1.1 proxy in front of a storage service that injects faults according to its schedule. Clients use its endpoint instead of the
/// service's. It works on sockets, so a cut connection is really reset, without an answer.
/// </summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private static readonly HashSet<string> OfOneConnection =
        new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Host", "Content-Length", "Expect" };

    private readonly TcpListener _listener;
    private readonly HttpClient _service = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly Task _serving;
    private FaultSchedule _schedule = FaultSchedule.Fair;
    private int _number = -1;
    private long _bytesSent;

    /// <param name="endpoint">The service's endpoint, with the account's path.</param>
    /// <param name="address">The address to listen on. Default: loopback.</param>
    public FaultyProxy(string endpoint, string address = "127.0.0.1")
    {
        _target = new Uri(endpoint);
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://{address}:{((IPEndPoint)_listener.LocalEndpoint).Port}{_target.AbsolutePath}");
        _serving = ServeAsync();
    }

    /// <summary>Raised for each request that the service has answered, even if the client gets no answer: method, path and status.</summary>
    public event Action<string, string, int>? Served;

    /// <summary>The endpoint for clients.</summary>
    public string Endpoint { get; }

    /// <summary>While true, every connection is cut, as if the service were down.</summary>
    public bool IsDown { get; set; }

    /// <summary>Requests since the schedule was set.</summary>
    public int Requests => Volatile.Read(ref _number) + 1;

    /// <summary>Body bytes sent to clients.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>The current faults; setting it resets the request count to 0.</summary>
    public FaultSchedule Schedule
    {
        get => _schedule;
        set
        {
            Interlocked.Exchange(ref _number, -1);
            _schedule = value;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _service.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                client.LingerState = new LingerOption(enable: true, seconds: 0); // close with a reset
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream, _stop.Token) is { } request && await AnswerAsync(stream, request))
                { }
            }
            catch (Exception exception) when (exception
                is IOException or HttpRequestException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The client disconnected, or the proxy is stopping.
            }
        }
    }

    /// <returns>False to cut the connection.</returns>
    private async Task<bool> AnswerAsync(NetworkStream client, Request request)
    {
        Fault fault = IsDown ? Fault.CutBefore : _schedule.Next(Interlocked.Increment(ref _number));
        if (fault == Fault.CutBefore)
            return false;
        if (RefusalOf(fault) is { } status)
            return await WriteAsync(client, status, [], [], 0, cut: false);
        if (fault == Fault.Late)
            await Task.Delay(_schedule.Hold, _stop.Token);

        using HttpResponseMessage answer = await ForwardAsync(request);
        Served?.Invoke(request.Method, request.Target, (int)answer.StatusCode);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(_stop.Token);
        if (fault == Fault.CutAfter || (fault == Fault.CutInBody && body.Length == 0))
            return false;
        if (fault == Fault.ErrorAfter)
            return await WriteAsync(client, 500, [], [], 0, cut: false);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => !OfOneConnection.Contains(header.Key));
        long length = request.Method == "HEAD" ? answer.Content.Headers.ContentLength ?? 0 : body.Length;
        return await WriteAsync(client, (int)answer.StatusCode, headers, body, length, fault == Fault.CutInBody);
    }

    private static int? RefusalOf(Fault fault) => fault switch
    {
        Fault.InternalError => 500,
        Fault.Busy => 503,
        Fault.Conflict => 409,
        _ => null,
    };

    private async Task<HttpResponseMessage> ForwardAsync(Request request)
    {
        var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_target, request.Target));
        if (request.Method is "PUT" or "POST")
            forwarded.Content = new ByteArrayContent(request.Body);
        foreach ((string name, string value) in request.Headers.Where(header => !OfOneConnection.Contains(header.Name)))
            if (!forwarded.Headers.TryAddWithoutValidation(name, value))
                forwarded.Content?.Headers.TryAddWithoutValidation(name, value);
        return await _service.SendAsync(forwarded, HttpCompletionOption.ResponseContentRead, _stop.Token);
    }

    private async Task<bool> WriteAsync(
        NetworkStream client, int status, IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers, byte[] body, long length, bool cut)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {(HttpStatusCode)status}\r\nContent-Length: {length}\r\n");
        foreach ((string name, IEnumerable<string> values) in headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", values)}\r\n");
        byte[] bytes = Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
        // Count first: a client may read the count as soon as it has the body.
        Interlocked.Add(ref _bytesSent, body.Length);
        await client.WriteAsync((byte[])[.. bytes, .. body.AsSpan(0, cut ? body.Length / 2 : body.Length)], _stop.Token);
        return !cut;
    }

    /// <summary>Reads one whole request, so that a delayed one can be forwarded after its client is gone. Null at the end of the connection.</summary>
    private static async Task<Request?> ReadAsync(NetworkStream client, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await client.ReadAsync(one, cancellationToken) == 0)
                return null;
            head.Add(one[0]);
        }

        string[] lines = Encoding.Latin1.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        (string Name, string Value)[] headers = [.. lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => (pair[0], pair[1].Trim()))];
        string? Header(string name) => headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Header("Transfer-Encoding") is not null)
            throw new IOException("The client sent a chunked body; this proxy does not support that.");
        if (Header("Expect") is not null)
            await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
        byte[] body = new byte[int.Parse(Header("Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        await client.ReadExactlyAsync(body, cancellationToken);
        return new Request(first[0], first[1], headers, body);
    }

    private sealed record Request(string Method, string Target, (string Name, string Value)[] Headers, byte[] Body);
}
