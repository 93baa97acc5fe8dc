namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>Gives its bytes a few at a time, so that every boundary inside a file is met.</summary>
internal sealed class DripStream(byte[] content, int bytesAtOnce) : MemoryStream(content)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, bytesAtOnce)], cancellationToken);
}
