using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

public sealed class ImagePreparationTests : IDisposable
{
    private const int Queries = 3;

    /// <summary>As many as the vectors and the decoded images that are kept here; the next image is one too many.</summary>
    private const int Kept = 2;

    private readonly TinyGptVModel _model = TinyModel.Create(seed: 3);
    private readonly ImageVectors _vectors = new(Kept);
    private readonly ImagePreparation _images;
    private readonly EngineSteps _steps;
    private readonly List<int> _decoded = [];

    public ImagePreparationTests()
    {
        _images = new ImagePreparation(Decode, _vectors, Kept);
        _steps = new EngineSteps(new ModelRunner(_model, threads: 1), _vectors, new EngineOptions { Threads = 1 });
    }

    public void Dispose()
    {
        _steps.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Image_whose_vectors_are_at_hand_is_not_decoded_and_its_answers_are_the_same()
    {
        int[] first = await AskAsync(1);
        // Other pictures, undecodable ones, push the pixels out, but not the vectors.
        await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(-1));
        await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(-2));

        Assert.Equal(first, await AskAsync(1));
        Assert.Equal([1, -1, -2], _decoded);
    }

    [Fact]
    public async Task Image_whose_vectors_are_gone_is_decoded_again_and_its_answers_are_the_same()
    {
        int[] first = await AskAsync(1);
        await AskAsync(2);
        await AskAsync(3);

        Assert.Equal(first, await AskAsync(1));
        Assert.Equal([1, 2, 3, 1], _decoded);
    }

    [Fact]
    public async Task Image_that_can_not_be_decoded_any_more_fails_its_request_alone_when_its_vectors_are_gone()
    {
        await AskAsync(1);
        await AskAsync(2);
        await AskAsync(3);

        Task<PreparedImage> broken = _images.PrepareAsync("1", Picture(-1));
        Assert.Equal(4, (await AskAsync(2)).Length);
        await Assert.ThrowsAsync<InvalidDataException>(() => broken);
    }

    [Fact]
    public async Task Vectors_that_were_at_hand_when_a_request_came_are_not_missing_in_its_step()
    {
        int[] first = await AskAsync(1);
        PreparedImage held = await _images.PrepareAsync("1", Picture(1));
        await AskAsync(2);
        await AskAsync(3);
        Tensor vectors = held.Held!.Vectors;

        Assert.Null(_vectors.TryHold("1"));
        Assert.False(vectors.IsInvalid);
        Assert.Equal(first, await AnswerAsync(held));
        Assert.Equal([1, 2, 3], _decoded);
        Assert.True(vectors.IsInvalid); // freed by the last who held them
    }

    [Fact]
    public async Task Questions_about_one_image_that_come_together_decode_it_once()
    {
        var prepared = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _images.PrepareAsync("1", Picture(1))));

        Assert.All(prepared, image => Assert.Same(prepared[0].Pixels, image.Pixels));
        Assert.Equal([1], _decoded);
    }

    private async Task<int[]> AskAsync(int picture) => await AnswerAsync(await _images.PrepareAsync($"{picture}", Picture(picture)));

    private async Task<int[]> AnswerAsync(PreparedImage image)
    {
        var work = new GenerationWork(
            image, new ImagePrompt([1], [2]), new ModelFacts(Queries, [0], -1), new DecodingOptions { MaxNewTokens = 4 },
            TestContext.Current.CancellationToken);
        Run(work);
        return [.. (await work.Result).Ids];
    }

    private void Run(SequenceWork work)
    {
        set_num_threads(1);
        using var mode = inference_mode();
        _steps.Add(work);
        while (!_steps.IsIdle)
            _steps.RunOne();
    }

    private static ReadOnlyMemory<byte> Picture(int number) => new[] { (byte)(sbyte)number };

    private float[] Decode(ReadOnlyMemory<byte> picture)
    {
        int number = (sbyte)picture.Span[0];
        lock (_decoded)
            _decoded.Add(number);
        return number > 0 ? TinyModel.Pixels(number) : throw new InvalidDataException("No picture.");
    }
}
