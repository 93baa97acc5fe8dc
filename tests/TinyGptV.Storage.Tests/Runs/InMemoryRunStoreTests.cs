using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Storage.Tests.Runs;

public sealed class InMemoryRunStoreTests : RunStoreContract
{
    protected override IRunStore Store { get; } = new InMemoryRunStore();
}
