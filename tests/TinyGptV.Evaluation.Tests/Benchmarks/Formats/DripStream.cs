namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>Returns a few bytes at a time, so that reads end at every position in a file.</summary>
internal sealed class DripStream(byte[] content, int bytesAtOnce) : MemoryStream(content)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(buffer.Length, bytesAtOnce)], cancellationToken);
}
