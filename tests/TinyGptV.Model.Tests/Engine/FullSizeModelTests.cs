using System.Globalization;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

public sealed class FullSizeModelTests(ITestOutputHelper output)
{
    /// <summary>Takes minutes and 10 GB: runs only with <c>--explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public async Task Stage_4_at_full_size_in_bfloat16_answers_within_16_GiB()
    {
        int threads = Environment.ProcessorCount;
        set_num_threads(threads);
        using var mode = inference_mode();
        using var model = new TinyGptVModel(new TinyGptVConfig(), new PhiConfig(), bfloat16, CPU);
        foreach ((string name, Tensor parameter) in model.ParametersByKey())
            if (!name.Contains("norm", StringComparison.Ordinal))
                nn.init.uniform_(parameter, -0.02, 0.02);

        using var steps = new EngineSteps(new ModelRunner(model, threads), new ImageVectors(32), new EngineOptions { Threads = threads });
        GenerationWork[] questions = [.. Enumerable.Range(0, 4).Select(i => new GenerationWork(
            new PreparedImage("gray", new float[3 * 448 * 448]), new ImagePrompt([21017, 20490, 25, 1279, 3546, 70, 29], [3556, 3546, 70, 29, 685 + i]),
            new ModelFacts(32, [50256], -1), new DecodingOptions(), TestContext.Current.CancellationToken))];
        foreach (GenerationWork question in questions)
            steps.Add(question);
        long begin = TimeProvider.System.GetTimestamp();
        while (!steps.IsIdle)
            steps.RunOne();
        output.WriteLine($"4 questions, 80 tokens: {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:F1} s, peak memory {PeakMemory() / 1e9:F1} GB");

        foreach (GenerationWork question in questions)
            Assert.Equal(20, (await question.Result).Ids.Length);
        Assert.InRange(PeakMemory(), 0, 16L << 30);
    }

    private static long PeakMemory()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
