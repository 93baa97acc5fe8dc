namespace TinyGptV.Cluster.Client;

/// <summary>For clients: calls that outlive the loss of silos.</summary>
public static class RepeatedCall
{
    /// <summary>Makes a call that may be repeated, and repeats it when it ends because a silo was lost, until none has answered for too long.</summary>
    /// <typeparam name="T">What is answered.</typeparam>
    /// <param name="call">Makes the call.</param>
    /// <param name="patience">How long none may answer: a call that lasts longer than this was answered in between, for it is a stream.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancellationToken">Ends the asking, also while a call is under way.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="Exception">What the last call ended with: see <see cref="SiloLoss"/>.</exception>
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
