using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

/// <summary>Generation, compared with the outputs of the original's library.</summary>
public sealed class DecodingTests
{
    private static JsonArray Cases { get; } = Golden.Json("phi/generate.json")["cases"]!.AsArray();

    private static JsonArray WarperCases { get; } = Golden.Json("phi/warpers.json").AsArray();

    public static TheoryData<string> GenerationNames() => [.. Cases.Select(c => (string)c!["name"]!)];

    public static TheoryData<string> WarperNames() => [.. WarperCases.Select(c => (string)c!["name"]!)];

    [Theory, MemberData(nameof(GenerationNames))]
    public async Task Generation_GoldenCase_GivesTheOriginalsTokens(string name)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using TinyGptVModel model = Load();
        JsonNode golden = Cases.First(c => (string)c!["name"]! == name)!;
        IReadOnlyDictionary<string, Tensor> tensors = Golden.Tensors(GoldenFiles.PhiGenerate);
        int endToken = (int?)golden["eos_token_id"] ?? -1;
        JsonArray sequences = golden["sequences"]!.AsArray();
        for (int row = 0; row < sequences.Count; row++)
        {
            (Tensor input, ImmutableArray<int> head) = InputOf(model, name, tensors, row, (int?)golden["options"]!["bos_token_id"] ?? 0);
            ImmutableArray<int> actual = await GenerateAsync(model, input, new ModelFacts((int)input.shape[0], head, endToken), OptionsOf(golden["options"]!));
            int[] expected = [.. sequences[row]!.AsArray().Select(t => (int)t!)];
            Assert.Equal(expected, FillUp([.. head, .. actual], expected.Length, endToken));
        }
    }

    [Theory, MemberData(nameof(WarperNames))]
    public void Warp_GoldenCase_GivesTheOriginalsProbabilities(string name)
    {
        using var scope = NewDisposeScope();
        JsonNode golden = WarperCases.First(c => (string)c!["name"]! == name)!;
        IReadOnlyDictionary<string, Tensor> tensors = Golden.Tensors(GoldenFiles.PhiWarpers);
        DecodingOptions options = OptionsOf(golden["options"]!);
        for (int row = 0; row < tensors["scores"].shape[0]; row++)
        {
            float[] scores = [.. tensors["scores"][row].data<float>()];
            LogitProcessing.Process(scores, [.. tensors["previous_ids"][row].data<long>().Select(i => (int)i)], options, (int)golden["eos_token_id"]!);
            LogitProcessing.Warp(scores, options);
            float[] probabilities = LogitProcessing.Softmax(scores);
            Assert.Equal((int)golden["kept"]![row]!, probabilities.Count(p => p > 0));
            Golden.AssertClose(tensors[name + ".probs"][row], tensor(probabilities), 1e-5, $"probabilities of row {row}");
        }
    }

    [Fact]
    public void Choose_Sampling_DrawsByProbabilityAndRepeatsItself()
    {
        var options = new DecodingOptions { DoSample = true, TopK = 0, Seed = 7 };
        int[] draws = Draw(options, 20_000);
        Assert.Equal(draws, Draw(options, 20_000));
        foreach ((int token, double probability) in new[] { (0, 0.7), (1, 0.2), (2, 0.1) })
            Assert.Equal(probability, draws.Count(d => d == token) / 20_000.0, 0.02); // more than five standard deviations
    }

    [Fact]
    public void Choose_EquallyLikely_TakesTheLowestToken() =>
        Assert.Equal(1, new TokenChooser(new DecodingOptions { RepetitionPenalty = 1.5f }, -1).Choose([0, 3, 3], []));

    private static int[] Draw(DecodingOptions options, int count)
    {
        var chooser = new TokenChooser(options, -1);
        return [.. Enumerable.Range(0, count).Select(_ => chooser.Choose([MathF.Log(0.7f), MathF.Log(0.2f), MathF.Log(0.1f)], []))];
    }

    private static async Task<ImmutableArray<int>> GenerateAsync(TinyGptVModel model, Tensor input, ModelFacts facts, DecodingOptions options)
    {
        var image = new PreparedImage("none", []);
        var prompt = new ImagePrompt([], []);
        using SequenceWork work = options.NumBeams > 1
            ? new BeamSearchWork(image, prompt, facts, options, TestContext.Current.CancellationToken)
            : new GenerationWork(image, prompt, facts, options, TestContext.Current.CancellationToken);
        var runner = new ModelRunner(model, threads: 1);
        work.Begin(runner, new PromptPrefixes(0));
        while (work.RowsDue > 0)
        {
            var step = new PackedStep();
            work.AddRows(step, () => input);
            runner.Run(step);
            work.Advance();
        }

        work.Complete();
        return (await (work is BeamSearchWork beams ? beams.Result : ((GenerationWork)work).Result)).Ids;
    }

    private static (Tensor Input, ImmutableArray<int> Head) InputOf(
        TinyGptVModel model, string name, IReadOnlyDictionary<string, Tensor> tensors, int row, int beginToken)
    {
        if (tensors.TryGetValue(name + ".input_ids", out Tensor? ids))
            return (model.Language.Embed(ids[row]), [.. ids[row].data<long>().Select(i => (int)i)]);
        long[] mask = [.. tensors[name + ".attention_mask"][row].data<long>()];
        int start = Array.IndexOf(mask, 1);
        return (tensors[name + ".inputs_embeds"][row].narrow(0, start, mask.Length - start), [beginToken]);
    }

    // The original pads a finished row with the end token up to the longest row of its batch.
    private static int[] FillUp(int[] tokens, int length, int endToken) => [.. tokens, .. Enumerable.Repeat(endToken, length - tokens.Length)];

    private static DecodingOptions OptionsOf(JsonNode options)
    {
        var defaults = new DecodingOptions();
        return new DecodingOptions
        {
            MaxNewTokens = (int?)options["max_new_tokens"] ?? defaults.MaxNewTokens,
            MinLength = (int?)options["min_length"] ?? 0,
            RepetitionPenalty = (float?)options["repetition_penalty"] ?? defaults.RepetitionPenalty,
            DoSample = (bool?)options["do_sample"] ?? defaults.DoSample,
            Temperature = (float?)options["temperature"] ?? defaults.Temperature,
            TopK = (int?)options["top_k"] ?? defaults.TopK,
            TopP = (float?)options["top_p"] ?? defaults.TopP,
            NumBeams = (int?)options["num_beams"] ?? defaults.NumBeams,
            LengthPenalty = (double?)options["length_penalty"] ?? defaults.LengthPenalty,
            EarlyStopping = (bool?)options["early_stopping"] ?? defaults.EarlyStopping,
        };
    }

    private static TinyGptVModel Load()
    {
        set_num_threads(1);
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.PhiWeights);
        PhiConfig phi = ConfigFile.ReadPhi(Golden.PathOf("phi/config.json"));
        var model = new TinyGptVModel(TinyModel.Vision with { Lora = new LoraConfig { R = 0 } }, phi, float32, CPU);
        foreach ((string name, Tensor parameter) in model.ParametersByKey())
            if (name.StartsWith("llama_model.", StringComparison.Ordinal))
                parameter.copy_(weights[name["llama_model.".Length..]]);
        return model;
    }
}
