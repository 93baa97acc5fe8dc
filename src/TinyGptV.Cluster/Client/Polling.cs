namespace TinyGptV.Cluster.Client;

/// <summary>Polls for conditions that raise no event.</summary>
public static class Polling
{
    /// <summary>The time between two polls: short for people, long for machines.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls until the condition holds.</summary>
    /// <param name="ask">The condition.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops polling.</param>
    /// <param name="patience">How long to poll; null (the default) for no limit.</param>
    /// <param name="onFirstNo">Called once, after the first poll that failed, for example to tell the user what is awaited.</param>
    /// <returns>False if it timed out.</returns>
    public static async Task<bool> UntilAsync(
        Func<Task<bool>> ask, TimeProvider time, CancellationToken cancellationToken, TimeSpan? patience = null, Func<Task>? onFirstNo = null)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(time);
        long began = time.GetTimestamp();
        for (bool told = onFirstNo is null; !await ask(); told = true)
        {
            if (patience is { } limit && time.GetElapsedTime(began) >= limit)
                return false;
            if (!told)
                await onFirstNo!();
            await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }
}
