namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Runs long work that does not touch a grain's state outside the grain's turns. In a turn it would block every other call, even a check
/// whether the grain is alive.
/// </summary>
internal static class OffTurn
{
    /// <param name="work">Must not touch a grain's state or call a grain.</param>
    /// <param name="cancellationToken">Prevents the start; work that has started is not interrupted.</param>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
#pragma warning disable RS0030 // The rule is for work that races with turns.
        Task.Run(work, cancellationToken);
#pragma warning restore RS0030
}
