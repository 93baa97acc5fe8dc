using Azure;
using Azure.Identity;
using Polly.CircuitBreaker;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>Turns exceptions of the storage client into messages. Drops the causes: their texts can quote requests, which carry credentials.</summary>
internal static class StorageFailure
{
    /// <summary>The message for a failure that remains after all retries; null if it did not come from storage.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="what">The location, without secrets.</param>
    public static PrerequisiteException? Explain(Exception exception, string what) => exception switch
    {
        OperationCanceledException => null,
        RequestFailedException { Status: 401 or 403 } refused => new PrerequisiteException(
            $"Access to '{what}' denied ({Describe(refused)}). Set TINYGPTV_STORAGE_CONNECTION to a connection string of its account, add a valid shared "
            + "access signature to the location, or grant the identity of this process the role 'Storage Blob Data Contributor'."),
        RequestFailedException { Status: 412 } => new PrerequisiteException($"'{what}' changed while it was being read. Do not modify it, and try again."),
        RequestFailedException { Status: 404 } absent => new PrerequisiteException($"There is no '{what}' ({Describe(absent)}). Check the location."),
        AuthenticationFailedException => new PrerequisiteException(
            $"No credential found for '{what}'. Set TINYGPTV_STORAGE_CONNECTION, add a shared access signature to the location, "
            + "or run with a workload or managed identity."),
        BrokenCircuitException => Unavailable(what, "most recent calls failed"),
        RequestFailedException failed when TransientFailure.Is(failed) => Unavailable(what, Describe(failed)),
        RequestFailedException failed => new PrerequisiteException($"The request to '{what}' failed ({Describe(failed)})."),
        _ when TransientFailure.Is(exception) => Unavailable(what, exception.GetType().Name),
        _ => null,
    };

    private static PrerequisiteException Unavailable(string what, string found) => new(
        $"The storage of '{what}' does not answer ({found}), after several retries. Stored data is kept; once it answers, the same command continues.")
    {
        MayPass = true,
    };

    private static string Describe(RequestFailedException exception) => exception switch
    {
        { Status: 0 } => "no connection",
        { ErrorCode: null or "" } => $"status {exception.Status}",
        _ => $"{exception.Status} {exception.ErrorCode}",
    };
}
