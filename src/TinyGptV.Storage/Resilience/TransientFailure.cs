using System.Net.Sockets;
using Azure;
using Polly.Timeout;

namespace TinyGptV.Storage.Resilience;

/// <summary>Tells what may go away when it is tried again from what will not.</summary>
internal static class TransientFailure
{
    /// <summary>True for a service in trouble, a cut connection, a cut body, or no answer in time.</summary>
    public static bool Is(Exception? exception) => exception switch
    {
        // 0 is no answer at all: the name was not found, or the connection was refused or cut. A conflict that means "it is there already" has been
        // understood before anyone asks here; the others are about something under way, such as a container that is being deleted.
        RequestFailedException failed => failed.Status is 0 or 408 or 409 or 429 or >= 500,
        ConflictException or TimeoutRejectedException or HttpRequestException or HttpIOException or SocketException or EndOfStreamException => true,
        IOException { InnerException: SocketException } => true,
        // A time-out of the client's own. If the caller gave up, nobody asks.
        OperationCanceledException => true,
        AggregateException all => all.InnerExceptions.All(Is),
        _ => false,
    };
}

/// <summary>The service spoke of a conflict that is over, or about nothing: the same request will do later.</summary>
internal sealed class ConflictException() : Exception("The storage answered that there is a conflict, but there is none.");
