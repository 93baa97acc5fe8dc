using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cluster.Client;
using TinyGptV.Evaluation;

namespace TinyGptV.Cluster.Tests.Client;

public class RepeatedCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private int _calls;

    [Fact]
    public async Task MakeAsync_LostSilo_RetriesTheCall()
    {
        Exception[] losses = [new SiloUnavailableException(), new TimeoutException(), new EnumerationAbortedException("moved")];
        Assert.Equal(7, await MakeAsync(() => _calls <= losses.Length ? throw losses[_calls - 1] : 7));
        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task MakeAsync_NoAnswerForTooLong_ThrowsTheLastFailure()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => MakeAsync(() => throw new TimeoutException()));
        Assert.InRange(_calls, 100, 122); // every half second
    }

    [Fact]
    public async Task MakeAsync_LongStream_DoesNotCountAsSilence() => Assert.Equal(7, await MakeAsync(() =>
    {
        if (_calls > 3)
            return 7;
        _time.Advance(2 * Patience);
        throw new SiloUnavailableException();
    }));

    [Fact]
    public async Task MakeAsync_OtherFailure_IsThrownAtOnce()
    {
        await Assert.ThrowsAsync<PrerequisiteException>(() => MakeAsync(() => throw new PrerequisiteException("no such run")));
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task MakeAsync_Cancelled_DoesNotWaitForTheCall()
    {
        using var cancel = new CancellationTokenSource();
        Task<int> asking = RepeatedCall.MakeAsync(() => new ValueTask<int>(new TaskCompletionSource<int>().Task), Patience, _time, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private async Task<int> MakeAsync(Func<int> answer)
    {
        Task<int> asking = RepeatedCall.MakeAsync(
            () =>
            {
                _calls++;
                return ValueTask.FromResult(answer());
            },
            Patience, _time, TestContext.Current.CancellationToken);
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        return await asking;
    }
}
