using System.Collections.Concurrent;
using System.Diagnostics;

namespace TinyGptV.Mutations;

/// <summary>What became of a mutant.</summary>
/// <param name="Mutant">The mutant.</param>
/// <param name="Tests">How many test methods reach it.</param>
/// <param name="Killer">The test method that noticed it; null if it survived.</param>
/// <param name="Outcome">How that test ended.</param>
public sealed record Verdict(Mutant Mutant, int Tests, string? Killer, Outcome Outcome);

/// <summary>Runs, for each mutant, the tests that reach it.</summary>
/// <param name="assembly">The mutated project.</param>
/// <param name="tests">The file of the test assembly.</param>
public sealed class MutationRun(MutatedAssembly assembly, string tests)
{
    private readonly ConcurrentBag<(string Type, string Method, TimeSpan Duration, bool[] Reached)> _tests = [];

    /// <summary>The tests that do not pass without any mutant, and so say nothing here.</summary>
    public ConcurrentBag<string> Failing { get; } = [];

    /// <summary>How many tests there are.</summary>
    public int Tests => _tests.Count;

    public IEnumerable<string> Slow => _tests.OrderByDescending(t => t.Duration).Select(t => $"{t.Duration.TotalSeconds:F1} {t.Type.Split('.')[^1]}.{t.Method}");
    /// <summary>Runs each test without mutants to see what it reaches.</summary>
    public void Look()
    {
        (string Type, string Method)[] all = [.. InRoom(0, room => room.Find().ToArray())];
        Parallel.ForEach(all, Parallelism, test => InRoom(0, room =>
        {
            var watch = Stopwatch.StartNew();
            if (room.Run(test, TimeSpan.FromMinutes(3)) == Outcome.Passed)
                _tests.Add((test.Type, test.Method, watch.Elapsed, room.Reached));
            else
                Failing.Add($"{test.Type}.{test.Method}");
            return true;
        }));
    }

    /// <summary>Tries every mutant.</summary>
    /// <param name="progress">Is told each verdict.</param>
    /// <returns>The verdicts in the order of the mutants.</returns>
    public IReadOnlyList<Verdict> Try(Action<Verdict> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var verdicts = new ConcurrentBag<Verdict>();
        Parallel.ForEach(Partitioner.Create(assembly.Mutants, EnumerablePartitionerOptions.NoBuffering), Parallelism, mutant =>
        {
            Verdict verdict = InRoom(mutant.Id, room => Try(room, mutant));
            verdicts.Add(verdict);
            progress(verdict);
        });
        return [.. verdicts.OrderBy(verdict => verdict.Mutant.Id)];
    }

    private static ParallelOptions Parallelism { get; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    private Verdict Try(TestRoom room, Mutant mutant)
    {
        var reaching = _tests.Where(test => test.Reached[mutant.Id]).OrderBy(test => test.Duration).ToArray();
        foreach (var test in reaching)
        {
            Outcome outcome = room.Run((test.Type, test.Method), TimeSpan.FromSeconds(10) + 5 * test.Duration);
            if (outcome != Outcome.Passed)
                return new Verdict(mutant, reaching.Length, $"{test.Type.Split('.')[^1]}.{test.Method}", outcome);
        }

        return new Verdict(mutant, reaching.Length, null, Outcome.Passed);
    }

    private T InRoom<T>(int mutant, Func<TestRoom, T> what)
    {
        var room = new TestRoom(assembly.Image, tests);
        room.Activate(mutant);
        T result = what(room);
        room.Unload();
        return result;
    }
}
