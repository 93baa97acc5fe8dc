using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// The latest reports. Each is made again only if the run's predictions or the report's own files have changed since. The store
/// tells both, so any number of clients and writers is fine.
/// </summary>
internal sealed class LatestReports(IRunStore store)
{
    /// <summary>Enough for two clients with two modes each. A report without its samples takes about ten kilobytes.</summary>
    private const int Kept = 4;

    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = []; // most recently asked for at the end

    /// <param name="run">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="make">Makes the report and writes its files.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<RunReport> GetAsync(RunId run, string mode, Func<Task<RunReport>> make, CancellationToken cancellationToken)
    {
        Entry entry = EntryOf(run, mode);
        // A second request waits here while the report is made, then finds it current.
        await entry.Turn.WaitAsync(cancellationToken);
        try
        {
            RunVersions found = await store.ListVersionsAsync(run, cancellationToken);
            if (entry.Latest is { } latest && latest.IsOf(found))
                return latest.Report;
            entry.Latest = null;
            RunReport report = await make();
            // A failure is not kept: the next request may succeed.
            if (report.Problem is null)
                entry.Latest = new Made(report, found.Predictions, FilesOf(mode, await store.ListVersionsAsync(run, cancellationToken)));
            return report;
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    private Entry EntryOf(RunId run, string mode)
    {
        lock (_lock)
        {
            Entry entry = _entries.Find(known => known.Run == run && known.Mode == mode) ?? new Entry(run, mode);
            _entries.Remove(entry);
            _entries.Add(entry);
            // If that report is still being made, the next request for it makes it once more.
            if (_entries.Count > Kept)
                _entries.RemoveAt(0);
            return entry;
        }
    }

    /// <returns>The report's files; one without a version was removed as soon as it was written.</returns>
    private static ImmutableArray<(string Name, string? Version)> FilesOf(string mode, RunVersions versions) =>
        [.. ReportFiles.Names(mode).Select(name => (name, versions.Beside.GetValueOrDefault(name)))];

    private sealed class Entry(RunId run, string mode)
    {
        public RunId Run { get; } = run;

        public string Mode { get; } = mode;

        public SemaphoreSlim Turn { get; } = new(1);

        public Made? Latest { get; set; }
    }

    /// <param name="Report">The report.</param>
    /// <param name="Predictions">What it was made from.</param>
    /// <param name="Files">Its files as they were written.</param>
    private sealed record Made(RunReport Report, string Predictions, ImmutableArray<(string Name, string? Version)> Files)
    {
        public bool IsOf(RunVersions found) =>
            found.Predictions == Predictions && Files.All(file => file.Version is not null && found.Beside.GetValueOrDefault(file.Name) == file.Version);
    }
}
