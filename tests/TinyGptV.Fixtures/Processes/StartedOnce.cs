namespace TinyGptV.Fixtures.Processes;

/// <summary>What tests of several classes share, because its start takes seconds: made by the first test that needs it.</summary>
/// <typeparam name="T">What is shared.</typeparam>
public sealed class StartedOnce<T> : IAsyncDisposable where T : IAsyncLifetime, new()
{
    private readonly Lazy<Task<T>> _made = new(MakeAsync);

    public Task<T> GetAsync() => _made.Value;

    public async ValueTask DisposeAsync()
    {
        // What could not be made has failed the tests that wanted it.
        if (_made is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _made.Value).DisposeAsync();
    }

    private static async Task<T> MakeAsync()
    {
        var made = new T();
        await made.InitializeAsync();
        return made;
    }
}
