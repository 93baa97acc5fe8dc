namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Long work that has nothing to do with a grain's state. In a turn it would keep the grain from answering anybody, also those who only ask
/// whether it is still there.
/// </summary>
internal static class OffTurn
{
    /// <param name="work">Touches nothing that belongs to a grain, and calls no grain.</param>
    /// <param name="cancellationToken">Keeps the work from beginning; it ends by itself.</param>
    public static Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
#pragma warning disable RS0030 // The rule is for work that races with turns.
        Task.Run(work, cancellationToken);
#pragma warning restore RS0030
}
