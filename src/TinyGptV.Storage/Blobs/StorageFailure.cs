using Azure;
using Azure.Identity;
using Polly.CircuitBreaker;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>Turns what the storage client throws into messages. Causes are not kept: their texts can quote requests, and requests carry credentials.</summary>
internal static class StorageFailure
{
    /// <summary>The message of a failure that stayed after all retries, or null if it is none of storage's.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="what">The location, without a secret.</param>
    public static PrerequisiteException? Explain(Exception exception, string what) => exception switch
    {
        OperationCanceledException => null,
        RequestFailedException { Status: 401 or 403 } refused => new PrerequisiteException(
            $"The storage refuses access to '{what}' ({Describe(refused)}). Set TINYGPTV_STORAGE_CONNECTION to a connection string of its account, give the location with a shared access "
            + "signature that is still valid, or give the identity that runs this the role 'Storage Blob Data Contributor'."),
        RequestFailedException { Status: 412 } => new PrerequisiteException($"'{what}' was changed while it was read. Leave it alone and try again."),
        RequestFailedException { Status: 404 } absent => new PrerequisiteException($"There is no '{what}' ({Describe(absent)}). Check the location."),
        AuthenticationFailedException => new PrerequisiteException(
            $"No credential was found for '{what}'. Set TINYGPTV_STORAGE_CONNECTION, give the location with a shared access signature, or run where a workload or managed identity is."),
        BrokenCircuitException => Unavailable(what, "most calls failed of late"),
        RequestFailedException failed when TransientFailure.Is(failed) => Unavailable(what, Describe(failed)),
        RequestFailedException failed => new PrerequisiteException($"The storage cannot do what was asked of '{what}' ({Describe(failed)})."),
        _ when TransientFailure.Is(exception) => Unavailable(what, exception.GetType().Name),
        _ => null,
    };

    private static PrerequisiteException Unavailable(string what, string found) => new(
        $"The storage of '{what}' does not answer ({found}), and was asked again for a while. What is stored is kept; when it answers, the same command goes on.");

    private static string Describe(RequestFailedException exception) =>
        exception.Status == 0 ? "no connection" : string.IsNullOrEmpty(exception.ErrorCode) ? $"status {exception.Status}" : $"{exception.Status} {exception.ErrorCode}";
}
