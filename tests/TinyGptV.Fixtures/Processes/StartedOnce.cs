namespace TinyGptV.Fixtures.Processes;

/// <summary>A resource shared by several test classes because it takes seconds to start; started by the first test that needs it.</summary>
/// <typeparam name="T">The type of the resource.</typeparam>
public sealed class StartedOnce<T> : IAsyncDisposable where T : IAsyncLifetime, new()
{
    private readonly Lazy<Task<T>> _made = new(MakeAsync);

    public Task<T> GetAsync() => _made.Value;

    public async ValueTask DisposeAsync()
    {
        // If the start failed, the tests that needed it have failed too.
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
