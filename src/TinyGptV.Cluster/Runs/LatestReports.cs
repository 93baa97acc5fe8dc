using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// The reports that were made last: each is made again only when what it was made from has changed, or when its files are not as they
/// were written. The store tells both, so that it does not matter who asks, nor who else writes.
/// </summary>
internal sealed class LatestReports(IRunStore store)
{
    /// <summary>One or two modes of the runs that somebody looks at. A report without its samples has some ten kilobytes.</summary>
    private const int Kept = 4;

    private readonly Lock _lock = new();
    private readonly List<Place> _places = []; // asked for last at the end

    /// <param name="run">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="make">Makes the report and writes its files.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<RunReport> GetAsync(RunId run, string mode, Func<Task<RunReport>> make, CancellationToken cancellationToken)
    {
        Place place = PlaceOf(run, mode);
        // Who asks while the report is made waits for it, and looks only then what is stored.
        await place.Turn.WaitAsync(cancellationToken);
        try
        {
            RunVersions found = await store.ListVersionsAsync(run, cancellationToken);
            if (place.Latest is { } latest && latest.IsOf(found))
                return latest.Report;
            place.Latest = null;
            RunReport report = await make();
            // What went wrong may go well the next time.
            if (report.Problem is null)
                place.Latest = new Made(report, found.Predictions, FilesOf(mode, await store.ListVersionsAsync(run, cancellationToken)));
            return report;
        }
        finally
        {
            place.Turn.Release();
        }
    }

    private Place PlaceOf(RunId run, string mode)
    {
        lock (_lock)
        {
            Place place = _places.Find(known => known.Run == run && known.Mode == mode) ?? new Place(run, mode);
            _places.Remove(place);
            _places.Add(place);
            // If somebody is at it still, the next who asks makes the report once more.
            if (_places.Count > Kept)
                _places.RemoveAt(0);
            return place;
        }
    }

    /// <returns>The report's files; one without a version was removed as soon as it was written.</returns>
    private static ImmutableArray<(string Name, string? Version)> FilesOf(string mode, RunVersions versions) =>
        [.. ReportFiles.Names(mode).Select(name => (name, versions.Beside.GetValueOrDefault(name)))];

    private sealed class Place(RunId run, string mode)
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
