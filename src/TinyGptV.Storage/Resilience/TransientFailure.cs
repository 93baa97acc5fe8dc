using System.Net.Sockets;
using Azure;
using Polly.Timeout;

namespace TinyGptV.Storage.Resilience;

/// <summary>Decides which failures are transient and worth retrying.</summary>
internal static class TransientFailure
{
    /// <summary>True for service errors, broken connections, truncated bodies and time-outs.</summary>
    public static bool Is(Exception? exception) => exception switch
    {
        // 0 means no response: unknown host, or a refused or broken connection. Conflicts that mean "already exists" are handled by the caller;
        // the others are temporary, such as a container that is being deleted.
        RequestFailedException failed => failed.Status is 0 or 408 or 409 or 429 or >= 500,
        ConflictException or TimeoutRejectedException or HttpRequestException or HttpIOException or SocketException or EndOfStreamException => true,
        IOException { InnerException: SocketException } => true,
        // A time-out inside the client. Cancellation by the caller is handled before this.
        OperationCanceledException => true,
        AggregateException all => all.InnerExceptions.All(Is),
        _ => false,
    };
}

/// <summary>The service reported a spurious or temporary conflict: the same request will succeed later.</summary>
internal sealed class ConflictException() : Exception("The storage reported a conflict, but there is none.");
