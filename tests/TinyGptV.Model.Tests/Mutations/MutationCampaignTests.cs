using System.Collections.Concurrent;
using System.Globalization;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Tests.Checkpoints;
using TorchSharp;

namespace TinyGptV.Model.Tests.Mutations;

/// <summary>
/// A damaged file is read or rejected with a typed error. The reader never crashes, hangs or allocates more than the file's size justifies. The
/// environment variable TINYGPTV_MUTATIONS sets the number of cases; each case has a number and is reproducible.
/// </summary>
public sealed class MutationCampaignTests(ITestOutputHelper output)
{
    private const int Standard = 40_000;

    /// <summary>Far longer than any case takes: anything slower hangs.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<int, (string Case, long Begin)> _inWork = new();

    [Fact]
    public async Task Every_mutated_file_is_read_or_refused()
    {
        int total = Environment.GetEnvironmentVariable("TINYGPTV_MUTATIONS") is { Length: > 0 } wanted
            ? int.Parse(wanted, CultureInfo.InvariantCulture)
            : Standard;
        MutationTarget[] targets = [.. MutationTargets.All()];
        int weights = targets.Sum(target => target.Weight), workers = Environment.ProcessorCount;
        int[] cases = [.. targets.Select(target => (int)(((long)total * target.Weight + weights - 1) / weights))], refused = new int[targets.Length];

        Task[] work = [.. Enumerable.Range(0, workers).Select(worker => Task.Run(
            () =>
            {
                torch.set_num_threads(1); // per thread
                for (int i = 0; i < targets.Length; i++)
                    Interlocked.Add(ref refused[i], Run(targets[i], worker, workers, cases[i]));
            },
            TestContext.Current.CancellationToken))];
        await WithoutHangsAsync(Task.WhenAll(work));

        for (int i = 0; i < targets.Length; i++)
            output.WriteLine($"{targets[i].Name}: {refused[i]} of {cases[i]} refused");
        Assert.True(cases.Sum() >= total);
        // Otherwise the mutations would be too mild, or too severe, to prove anything.
        if (total >= Standard)
            Assert.All(refused.Zip(cases), target => Assert.InRange(target.First, 1, target.Second - 1));
    }

    /// <summary>Runs one thread's share of a target's cases.</summary>
    /// <returns>Number of rejected files.</returns>
    private int Run(MutationTarget target, int worker, int workers, int cases)
    {
        using var folder = new CheckpointFolder();
        Action<byte[]> read = target.Prepare(folder);
        int refused = 0;
        for (int number = worker; number < cases; number += workers)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _inWork[worker] = ($"{target.Name}, case {number}", TimeProvider.System.GetTimestamp());
            if (!IsRead(target, number, read))
                refused++;
        }

        _inWork.TryRemove(worker, out _);
        return refused;
    }

    private static bool IsRead(MutationTarget target, int number, Action<byte[]> read)
    {
        byte[] mutated = target.Mutate(number);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isRead = false;
        try
        {
            read(mutated);
            isRead = true;
        }
        catch (Exception failure) when (failure is CheckpointException or InvalidDataException)
        {
            Assert.NotEmpty(failure.Message);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{target.Name}, case {number}: {failure.GetType().Name}: {failure.Message}", failure);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= target.MostAllocated, $"{target.Name}, case {number}: {allocated} bytes were allocated.");
        return isRead;
    }

    private async Task WithoutHangsAsync(Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(Hang, TestContext.Current.CancellationToken)) != work)
            foreach ((string name, long begin) in _inWork.Values)
                Assert.True(TimeProvider.System.GetElapsedTime(begin) < Hang, $"{name}: has not ended.");
        await work;
    }
}
