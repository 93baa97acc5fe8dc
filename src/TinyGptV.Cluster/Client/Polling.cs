namespace TinyGptV.Cluster.Client;

/// <summary>Asks again and again for what nobody announces.</summary>
public static class Polling
{
    /// <summary>The pause between two questions: short for people, long for machines.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks until the answer is yes.</summary>
    /// <param name="ask">The question.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <param name="patience">How long to ask; null (the default) without limit.</param>
    /// <param name="onFirstNo">Called once, after the first no: where people are told what is waited for.</param>
    /// <returns>False if the answer was still no when patience ran out.</returns>
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
