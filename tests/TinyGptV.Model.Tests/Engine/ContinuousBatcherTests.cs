using CsCheck;
using TinyGptV.Model.Engine.Scheduling;

namespace TinyGptV.Model.Tests.Engine;

public sealed class ContinuousBatcherTests
{
    [Fact]
    public void Next_Idle_IsEmpty()
    {
        var batcher = new ContinuousBatcher<Work>(maxWork: 4, maxRows: 100);
        Assert.Empty(batcher.Next([]));
        Assert.True(batcher.IsIdle);
    }

    [Fact]
    public void Next_MoreWorkThanPlaces_TakesTheFirstAndKeepsThem()
    {
        var batcher = new ContinuousBatcher<Work>(maxWork: 2, maxRows: 100);
        Work a = new(5, 1), b = new(5, 1), c = new(5, 1);
        foreach (Work work in new[] { a, b, c })
            batcher.Add(work);

        Assert.Equal([a, b], batcher.Next([]));
        a.Step();
        b.Step();
        Assert.Equal([a, b], batcher.Next([]));
    }

    [Fact]
    public void Next_FinishedWork_LeavesAndMakesRoom()
    {
        var batcher = new ContinuousBatcher<Work>(maxWork: 1, maxRows: 100);
        Work a = new(5, 0), b = new(5, 0);
        batcher.Add(a);
        batcher.Add(b);
        batcher.Next([]);
        a.Step();

        var left = new List<Work>();
        Assert.Equal([b], batcher.Next(left));
        Assert.Equal([a], left);
    }

    [Fact]
    public void Next_WorkLongerThanAStep_StillRuns()
    {
        var batcher = new ContinuousBatcher<Work>(maxWork: 4, maxRows: 10);
        Work huge = new(1000, 0), small = new(3, 0);
        batcher.Add(huge);
        batcher.Add(small);

        Assert.Equal([huge], batcher.Next([]));
    }

    [Fact]
    public void Next_AbandonedWork_LeavesWithoutRunning()
    {
        var batcher = new ContinuousBatcher<Work>(maxWork: 4, maxRows: 100);
        var gone = new Work(5, 3) { IsAbandoned = true };
        batcher.Add(gone);

        var left = new List<Work>();
        Assert.Empty(batcher.Next(left));
        Assert.Equal([gone], left);
    }

    [Fact]
    public void All_work_leaves_exactly_once_and_no_step_is_empty_before_that() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[0, 20]).List[0, 40].Select(Gen.Int[1, 8], Gen.Int[1, 200]).Sample((sizes, maxWork, maxRows) =>
        {
            var batcher = new ContinuousBatcher<Work>(maxWork, maxRows);
            List<Work> all = [.. sizes.Select(s => new Work(s.Item1, s.Item2))], left = [];
            foreach (Work work in all)
                batcher.Add(work);
            while (left.Count < all.Count)
            {
                IReadOnlyList<Work> step = [.. batcher.Next(left)];
                Assert.True(step.Count > 0 || left.Count == all.Count);
                Assert.True(step.Count <= maxWork);
                foreach (Work work in step)
                    work.Step();
            }

            Assert.True(batcher.IsIdle);
            Assert.Equal(all.Count, left.Distinct().Count());
            Assert.All(all, w => Assert.Equal(0, w.RowsDue));
        });

    private sealed class Work(int promptRows, int steps) : ISchedulable
    {
        private int _done;

        public int RowsDue => _done == 0 ? promptRows : _done <= steps ? 1 : 0;

        public bool IsAbandoned { get; init; }

        public void Step() => _done++;
    }
}
