namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Wakes everybody who waits for the next change. Take <see cref="Next"/> before looking at the state: a change in between then
/// ends the wait at once.
/// </summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = NewSource();

    public Task Next => _next.Task;

    public void Raise()
    {
        TaskCompletionSource raised = _next;
        _next = NewSource();
        raised.SetResult();
    }

    // Those who wait continue in turns of their own, not inside the one that raised the signal.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
