using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class RunTimingsTests
{
    private static readonly RunId Run = new("a-run");
    private static readonly DateTimeOffset Noon = new(2024, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_OneStretch_HasItsTimeAndSpeed() => Assert.Equal(
        new RunTimings
        {
            Run = Run,
            Started = Noon,
            Finished = Noon.AddSeconds(10),
            Stretches = 1,
            Seconds = 10,
            Samples = 50,
            SamplesPerSecond = 5,
            Replicas = 2,
            ShardsReturned = 1,
        },
        RunTimings.Of(Run, Noon, Noon.AddSeconds(10), samples: 50, replicas: 2, returned: 1));

    [Fact]
    public void Of_NoTime_HasNoSpeed() => Assert.Equal(0, RunTimings.Of(Run, Noon, Noon, 50, 1, 0).SamplesPerSecond);

    [Fact]
    public void Of_LessThanASecond_HasItsSpeed() => Assert.Equal(100, RunTimings.Of(Run, Noon, Noon.AddSeconds(0.5), 50, 1, 0).SamplesPerSecond);

    [Fact]
    public void And_LaterStretch_LeavesOutTheTimeBetween()
    {
        RunTimings first = RunTimings.Of(Run, Noon, Noon.AddSeconds(10), samples: 50, replicas: 4, returned: 1);
        RunTimings later = RunTimings.Of(Run, Noon.AddHours(1), Noon.AddHours(1).AddSeconds(30), samples: 30, replicas: 2, returned: 2);

        Assert.Equal(
            new RunTimings
            {
                Run = Run,
                Started = Noon,
                Finished = Noon.AddHours(1).AddSeconds(30),
                Stretches = 2,
                Seconds = 40,
                Samples = 80,
                SamplesPerSecond = 2,
                Replicas = 4,
                ShardsReturned = 3,
            },
            first.And(later));
    }
}
