namespace TinyGptV.Cluster.Client;

/// <summary>For clients: calls that survive the loss of silos.</summary>
public static class RepeatedCall
{
    /// <summary>Makes an idempotent call and retries it when a silo is lost, until there was no answer for too long.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="call">Makes the call.</param>
    /// <param name="patience">How long to go without an answer. A call that lasts longer is a stream, which gets answers as it goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops, even during a call.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="Exception">The last call's exception; see <see cref="SiloLoss"/>.</exception>
    public static async Task<T> MakeAsync<T>(Func<ValueTask<T>> call, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(time);
        long? silentSince = null;
        T answer = default!;
        await Polling.UntilAsync(AskOnceAsync, time, cancellationToken);
        return answer;

        async Task<bool> AskOnceAsync()
        {
            long began = time.GetTimestamp();
            try
            {
                answer = await call().AsTask().WaitAsync(cancellationToken);
                return true;
            }
            catch (Exception exception) when (SiloLoss.Explains(exception))
            {
                if (silentSince is null || time.GetElapsedTime(began) > patience)
                    silentSince = time.GetTimestamp();
                if (time.GetElapsedTime(silentSince.Value) > patience)
                    throw;
                return false;
            }
        }
    }
}
