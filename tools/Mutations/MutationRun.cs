using System.Collections.Concurrent;
using System.Diagnostics;

namespace TinyGptV.Mutations;

/// <summary>What became of a mutant.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Tests">How many test methods reach it.</param>
/// <param name="Killer">The test method that noticed it; null if it survived.</param>
/// <param name="Outcome">How that test ended.</param>
public sealed record Verdict(Mutant Mutant, int Tests, string? Killer, Outcome Outcome);

/// <summary>
/// Runs, for each mutant, the tests that reach it. Most mutants share a room in which everything static was made while no mutant was on; one that only what is
/// static asks gets a room of its own.
/// </summary>
/// <param name="assembly">The mutated project.</param>
/// <param name="tests">The file of the test assembly.</param>
public sealed class MutationRun(MutatedAssembly assembly, string tests)
{
    // What tests that take longer would notice alone, counts as survived.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    private readonly List<ReachingTest> _tests = [];
    private readonly ConcurrentBag<TestRoom> _rooms = [];

    /// <summary>The tests that do not pass without any mutant, and so say nothing here.</summary>
    public List<string> Failing { get; } = [];

    /// <summary>The tests that take too long to be run for every mutant.</summary>
    public List<string> Long { get; } = [];

    /// <summary>How many tests there are.</summary>
    public int Tests => _tests.Count;

    /// <summary>Runs each test twice without mutants, to see what it reaches the first time and every time.</summary>
    public void Look()
    {
        TestRoom room = NewRoom(isBrief: false);
        var all = room.Find().Select(test => (Test: test, Outcome: room.Run(test, TimeSpan.FromMinutes(3)), First: room.TakeReached())).ToArray();
        Failing.AddRange(all.Where(test => test.Outcome != Outcome.Passed).Select(test => NameOf(test.Test)));
        foreach (var (test, _, first) in all.Where(test => test.Outcome == Outcome.Passed))
        {
            var watch = Stopwatch.StartNew();
            room.Run(test, TimeSpan.FromMinutes(3));
            if (watch.Elapsed < Longest)
                _tests.Add(new ReachingTest(test, watch.Elapsed, first, room.TakeReached()));
            else
                Long.Add(NameOf(test));
            room.TakeReached();
        }

        _rooms.Add(room);
    }

    /// <summary>Tries every mutant.</summary>
    /// <param name="progress">Is told each verdict.</param>
    /// <returns>The verdicts in the order of the mutants.</returns>
    public IReadOnlyList<Verdict> Try(Action<Verdict> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var verdicts = new ConcurrentBag<Verdict>();
        var parallelism = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(Partitioner.Create(assembly.Mutants, EnumerablePartitionerOptions.NoBuffering), parallelism, mutant =>
        {
            Verdict verdict = Try(mutant);
            verdicts.Add(verdict);
            progress(verdict);
        });
        return [.. verdicts.OrderBy(verdict => verdict.Mutant.Id)];
    }

    /// <summary>Whether the rooms are as they were: a mutant that left something behind would have made later tests fail.</summary>
    /// <returns>The tests that fail now, without a mutant.</returns>
    public IEnumerable<string> FindLeftovers() =>
        from room in _rooms
        from test in _tests
        where room.Run(test.Test, TimeSpan.FromMinutes(3)) != Outcome.Passed
        select NameOf(test.Test);

    private Verdict Try(Mutant mutant)
    {
        TestRoom room = _rooms.TryTake(out TestRoom? free) ? free : NewWarmRoom();
        ReachingTest[] reaching = [.. _tests.Where(test => test.Always[mutant.Id])];
        Verdict verdict = Try(room, mutant, reaching);
        if (room.IsUsable)
            _rooms.Add(room);
        if (verdict.Killer is not null || !_tests.Any(test => test.First[mutant.Id] && !test.Always[mutant.Id]))
            return verdict;
        TestRoom brief = NewRoom(isBrief: true);
        string sameFolder = $".Tests.{mutant.Folder}.";
        verdict = Try(brief, mutant, [.. _tests.Where(test => test.First[mutant.Id] || test.Test.Type.Contains(sameFolder, StringComparison.Ordinal))]);
        brief.Unload();
        return verdict;
    }

    private static Verdict Try(TestRoom room, Mutant mutant, ReachingTest[] reaching)
    {
        room.Active = mutant.Id;
        try
        {
            foreach (ReachingTest test in reaching.OrderBy(test => test.Duration))
            {
                Outcome outcome = room.Run(test.Test, TimeSpan.FromSeconds(5) + 10 * test.Duration);
                if (outcome != Outcome.Passed)
                    return new Verdict(mutant, reaching.Length, NameOf(test.Test), outcome);
            }

            return new Verdict(mutant, reaching.Length, null, Outcome.Passed);
        }
        finally
        {
            room.Active = 0;
        }
    }

    private TestRoom NewRoom(bool isBrief) => new(assembly.Image, tests, isBrief);

    private TestRoom NewWarmRoom()
    {
        TestRoom room = NewRoom(isBrief: false);
        foreach (ReachingTest test in _tests)
            room.Run(test.Test, TimeSpan.FromMinutes(3));
        return room;
    }

    private static string NameOf((string Type, string Method) test) => $"{test.Type.Split('.')[^1]}.{test.Method}";

    private sealed record ReachingTest((string Type, string Method) Test, TimeSpan Duration, bool[] First, bool[] Always);
}
