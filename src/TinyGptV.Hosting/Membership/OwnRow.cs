namespace TinyGptV.Hosting.Membership;

/// <summary>
/// Looks whether this silo's own row is still in the membership store. A store that was emptied, or restarted without its data, forgets all silos: those
/// that run would go on together, but none could join them, and silos that start would form a second cluster.
/// </summary>
/// <param name="isListed">Looks for the row; throws if the store does not answer.</param>
/// <param name="time">The clock.</param>
internal sealed class OwnRow(Func<CancellationToken, Task<bool>> isListed, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>How often in a row it must be missing: a store that is being restored may be incomplete for a moment.</summary>
    private const int Looks = 2;

    /// <summary>Ends when the row has gone.</summary>
    /// <exception cref="OperationCanceledException">The silo stops.</exception>
    public async Task WhenGoneAsync(CancellationToken stop)
    {
        for (int missing = 0; missing < Looks; missing = await IsListedAsync(stop) ? 0 : missing + 1)
            await Task.Delay(LookEvery, time, stop);
    }

    private async Task<bool> IsListedAsync(CancellationToken stop)
    {
        try
        {
            return await isListed(stop);
        }
        catch (Exception) when (!stop.IsCancellationRequested)
        {
            // The store does not answer, which is no reason to leave.
            return true;
        }
    }
}
