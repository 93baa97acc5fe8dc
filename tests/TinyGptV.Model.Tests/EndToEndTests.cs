using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Language;
using TinyGptV.Model.Tests.Engine;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests;

/// <summary>The complete model, loaded as a user would, compared with the original's outputs.</summary>
public sealed class EndToEndTests
{
    private const double Tolerance = 1e-4; // absolute, on values up to 40

    private static JsonNode Goldens { get; } = Golden.Json("e2e/goldens.json");

    [Theory, MemberData(nameof(GoldenModel.EachPhiFolder), MemberType = typeof(GoldenModel))]
    public void EncodeImages_GoldenPixels_GivesTheOriginalsVectors(string phiFolder)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using LoadedModel model = Load(phiFolder);
        IReadOnlyDictionary<string, Tensor> vision = Golden.Tensors(GoldenFiles.Vision);
        for (int image = 0; image < vision["pixel_values"].shape[0]; image++)
            AssertWithin(vision["image_embeds"][image], model.Network.EncodeImages(vision["pixel_values"][image].unsqueeze(0)).squeeze(0), $"image {image}");
    }

    [Fact]
    public void Logits_EveryImageAndPrompt_AreTheOriginals()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using LoadedModel model = Load(GoldenModel.PhiFolders[0]);
        IReadOnlyDictionary<string, Tensor> language = Golden.Tensors(GoldenFiles.Language), vision = Golden.Tensors(GoldenFiles.Vision);
        foreach (JsonNode? one in Goldens["cases"]!.AsArray())
        {
            int image = (int)one!["image"]!, prompt = (int)one["prompt"]!;
            Tensor vectors = model.Network.EncodeImages(vision["pixel_values"][image].unsqueeze(0)).squeeze(0);
            Tensor input = cat([Embed(model, one["segment_ids"]![0]!), vectors, Embed(model, one["segment_ids"]![1]!)]);
            Assert.Equal((long)one["context_length"]!, input.shape[0]);
            Tensor hidden = model.Network.Language.Forward(input, [new RowSpan(null, 0, (int)input.shape[0])]);
            Tensor stored = language[$"image{image}.prompt{prompt}.logits"];
            Golden.AssertLogits(stored, model.Network.Language.Logits(hidden), ToleranceFor(stored), $"logits of image {image}, prompt {prompt}");
        }
    }

    [Fact]
    public async Task Generation_and_ranking_from_image_files_are_the_originals()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        await AssertAnswersAsync(engine);
    }

    [Fact]
    public void Scores_of_every_step_of_a_batch_are_the_originals()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using LoadedModel model = Load(GoldenModel.PhiFolders[0]);
        IReadOnlyDictionary<string, Tensor> language = Golden.Tensors(GoldenFiles.Language);
        JsonArray batches = Goldens["batches"]!.AsArray();
        for (int batch = 0; batch < batches.Count; batch++)
        {
            Tensor masks = language[$"batch{batch}.attention_mask"], scores = language[$"batch{batch}.scores"];
            for (int row = 0; row < masks.shape[0]; row++)
            {
                int[] tokens = [.. batches[batch]!["sequences"]![row]!.AsArray().Skip(1).Select(t => (int)t!)];
                int end = Array.IndexOf(tokens, model.Network.Phi.EosTokenId), steps = end >= 0 ? end + 1 : tokens.Length; // then only padding
                int length = (int)masks[row].sum().item<long>();
                Tensor context = language[$"batch{batch}.inputs_embeds"][row].narrow(0, masks.shape[1] - length, length);
                Tensor input = cat([context, model.Network.Language.Embed(tensor(tokens[..(steps - 1)].Select(t => (long)t).ToArray()))]);
                Tensor hidden = model.Network.Language.Forward(input, [new RowSpan(null, 0, (int)input.shape[0])]);
                AssertWithin(scores[row].narrow(0, 0, steps), model.Network.Language.Logits(hidden.narrow(0, length - 1, steps)), $"batch {batch}, row {row}");
            }
        }
    }

    [Fact]
    public async Task First_words_of_every_question_have_the_probability_that_the_originals_logits_give_them()
    {
        string[] words = ["no", "true", "yes", FirstWordTokensTests.SpelledWords[0]];
        int[][] tokens = [.. words.Select(FirstWordTokensTests.SpellingsOf)];
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        IReadOnlyDictionary<string, Tensor> language = Golden.Tensors(GoldenFiles.Language);
        foreach (JsonNode? one in Goldens["cases"]!.AsArray())
        {
            GeneratedAnswer plain = await GenerateAsync(engine, (int)one!["image"]!, Text(one), NewTokens);
            GeneratedAnswer answer = await GenerateAsync(engine, (int)one["image"]!, Text(one), NewTokens with { FirstWords = [.. words] });
            Assert.Equal(plain.TokenIds, answer.TokenIds);
            Assert.Empty(plain.FirstWords);
            using var scope = NewDisposeScope();
            Tensor stored = language[$"image{(int)one["image"]!}.prompt{(int)one["prompt"]!}.logits"], last = stored.reshape(-1, stored.shape[^1])[-1];
            for (int word = 0; word < words.Length; word++)
                Assert.Equal(ProbabilityOf(last, tokens[word]), answer.FirstWords[word], tokens[word].Length == 0 ? 0 : Tolerance);
        }
    }

    [Fact]
    public async Task First_words_do_not_depend_on_how_tokens_are_chosen()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        DecodingOptions asked = NewTokens with { FirstWords = [.. FirstWordTokensTests.SpelledWords.Take(2)] };
        GeneratedAnswer greedy = await GenerateAsync(engine, 0, (string)Goldens["texts"]![0]!, asked);
        DecodingOptions sampling = asked with { DoSample = true, Temperature = 3, RepetitionPenalty = 2 };
        GeneratedAnswer drawn = await GenerateAsync(engine, 0, (string)Goldens["texts"]![0]!, sampling);
        GeneratedAnswer searched = await GenerateAsync(engine, 0, (string)Goldens["texts"]![0]!, asked with { NumBeams = 3 });
        Assert.All(greedy.FirstWords, probability => Assert.InRange(probability, 1e-30, 1));
        Assert.Equal(greedy.FirstWords, drawn.FirstWords);
        Assert.Equal(greedy.FirstWords, searched.FirstWords);
    }

    [Fact]
    public async Task Ranking_of_fewer_candidates_is_the_originals()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        JsonNode golden = Goldens["multi_select_num_cand_2"]!;
        string[] candidates = [.. Goldens["candidates"]!.AsArray().Take(2).Select(c => (string)c!)];
        string prompt = GoldenModel.Prompt((string)Goldens["prompts"]![(int)golden["prompt"]!]!);
        var likelihoods = await engine.RankAsync(
            "image", GoldenModel.Picture((int)golden["image"]!), prompt, candidates, GoldenModel.EndSymbol, TestContext.Current.CancellationToken);
        Assert.Equal(
            golden["ranks"]![0]!.AsArray().Take(2).Select(r => (int)r!),
            Enumerable.Range(0, 2).OrderByDescending(c => likelihoods[c].LogLikelihood / likelihoods[c].Tokens));
    }

    [Fact]
    public async Task Batches_of_mixed_lengths_are_the_originals()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[^1]);
        foreach (JsonNode? batch in Goldens["batches"]!.AsArray())
        {
            int[] images = [.. batch!["images"]!.AsArray().Select(i => (int)i!)], prompts = [.. batch["prompts"]!.AsArray().Select(p => (int)p!)];
            var answers = await Task.WhenAll(images.Zip(prompts, (image, prompt) =>
                GenerateAsync(engine, image, (string)Goldens["texts"]![prompt]!, NewTokens)));
            Assert.Equal(batch["answers"]!.AsArray().Select(a => (string)a!), answers.Select(a => a.Text));
        }
    }

    [Fact]
    public async Task Beam_searches_are_the_originals()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        foreach (JsonNode? beam in Goldens["beams"]!.AsArray())
        {
            JsonNode options = beam!["options"]!;
            var decoding = NewTokens with
            {
                NumBeams = (int)options["num_beams"]!,
                LengthPenalty = (double?)options["length_penalty"] ?? 1,
                RepetitionPenalty = (float?)options["repetition_penalty"] ?? 1,
                MinLength = (int?)options["min_length"] ?? 1,
            };
            GeneratedAnswer answer = await GenerateAsync(engine, (int)beam["image"]!, (string)Goldens["texts"]![(int)beam["prompt"]!]!, decoding);
            Assert.Equal([.. beam["sequence"]!.AsArray().Skip(1).Select(t => (int)t!)], answer.TokenIds);
            Assert.Equal((string)beam["answer"]!, answer.Text);
        }
    }

    [Fact]
    public async Task Dialogues_of_the_demonstrations_are_the_originals()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        foreach (JsonNode? golden in Goldens["chat_greedy"]!.AsArray())
        {
            JsonNode settings = golden!["generation_kwargs"]!;
            DecodingOptions decoding = NewTokens with
            {
                MaxNewTokens = (int)settings["max_new_tokens"]!,
                RepetitionPenalty = (float)settings["repetition_penalty"]!,
                EndToken = (int)settings["eos_token_id"]!,
                StopTokens = [2], // left over from another tokenizer; here it is "#"
            };
            Conversation dialogue = (string)golden["conversation"]! == "demo_v2" ? Conversation.SecondDemo : Conversation.FirstDemo;
            foreach (JsonNode? turn in golden["turns"]!.AsArray())
            {
                dialogue = dialogue.Ask((string)turn!["question"]!);
                GeneratedAnswer answer = await GenerateAsync(engine, (int)golden["image"]!, dialogue.Prompt(), decoding);
                Assert.Equal([.. turn["ids"]!.AsArray().Skip(1).Select(t => (int)t!)], answer.TokenIds);
                dialogue = dialogue.Answer(Conversation.Shown(answer.Text));
                Assert.Equal((string)turn["answer"]!, dialogue.Turns[^1].Answer);
            }
        }
    }

    [Fact]
    public async Task PrependsBegin_PutsTheBeginTokenInFrontAsInTraining()
    {
        await using GenerationEngine engine = Start(GoldenModel.PhiFolders[0]);
        string text = (string)Goldens["texts"]![0]!;
        GeneratedAnswer switched = await GenerateAsync(engine, 0, text, NewTokens with { PrependsBegin = true });
        GeneratedAnswer spelled = await GenerateAsync(engine, 0, "<|endoftext|>" + text, NewTokens);
        Assert.Equal(spelled.TokenIds, switched.TokenIds);
        Assert.NotEqual((await GenerateAsync(engine, 0, text, NewTokens)).TokenIds, switched.TokenIds);
    }

    /// <summary>Fails unless every golden question gets the original's tokens, text, losses and ranks.</summary>
    internal static async Task AssertAnswersAsync(GenerationEngine engine)
    {
        JsonNode?[] cases = [.. Goldens["cases"]!.AsArray()];
        string[] candidates = [.. Goldens["candidates"]!.AsArray().Select(c => (string)c!)];

        // All at once: the engine batches them.
        var generated = cases.Select(c => GenerateAsync(engine, (int)c!["image"]!, Text(c), NewTokens)).ToArray();
        var ranked = cases.Select(c => engine.RankAsync(
            Digest(c!), GoldenModel.Picture((int)c!["image"]!), GoldenModel.Prompt((string)Goldens["prompts"]![(int)c["prompt"]!]!), candidates,
            GoldenModel.EndSymbol, TestContext.Current.CancellationToken)).ToArray();
        for (int i = 0; i < cases.Length; i++)
        {
            GeneratedAnswer answer = await generated[i];
            Assert.Equal([.. cases[i]!["sequence"]!.AsArray().Skip(1).Select(t => (int)t!)], answer.TokenIds); // the first is the begin-of-text token
            Assert.Equal((string)cases[i]!["answer"]!, answer.Text);

            double[] losses = [.. (await ranked[i]).Select(l => -l.LogLikelihood / l.Tokens)];
            double[] expected = [.. cases[i]!["multi_select"]!["losses"]!.AsArray().Select(l => (double)l!)];
            for (int c = 0; c < losses.Length; c++)
                Assert.Equal(expected[c], losses[c], Tolerance);
            Assert.Equal([.. cases[i]!["multi_select"]!["ranks"]!.AsArray().Select(r => (int)r!)], Enumerable.Range(0, losses.Length).OrderBy(c => losses[c]));
        }
    }

    private static double ProbabilityOf(Tensor logits, int[] tokens)
    {
        float[] scores = [.. logits.data<float>()];
        double sum = scores.Sum(score => Math.Exp((double)score));
        return tokens.Sum(token => Math.Exp((double)scores[token]) / sum);
    }

    private static void AssertWithin(Tensor expected, Tensor actual, string what) =>
        Golden.AssertClose(expected, actual, ToleranceFor(expected), what);

    private static double ToleranceFor(Tensor expected) => Tolerance / expected.abs().max().item<float>();

    private static DecodingOptions NewTokens { get; } = new() { MaxNewTokens = Goldens["cases"]!.AsArray().Max(c => c!["sequence"]!.AsArray().Count) - 1 };

    private static Task<GeneratedAnswer> GenerateAsync(GenerationEngine engine, int image, string text, DecodingOptions decoding) =>
        engine.GenerateAsync($"image {image}", GoldenModel.Picture(image), text, decoding, TestContext.Current.CancellationToken);

    private static string Text(JsonNode one) => (string)Goldens["texts"]![(int)one["prompt"]!]!;

    private static string Digest(JsonNode one) => $"image {(int)one["image"]!}";

    private static Tensor Embed(LoadedModel model, JsonNode ids) => model.Network.Language.Embed(tensor(ids.AsArray().Select(i => (long)i!).ToArray()));

    private static GenerationEngine Start(string phiFolder) => new(Load(phiFolder), new EngineOptions { Threads = 1 });

    private static LoadedModel Load(string phiFolder)
    {
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.PathsWith(phiFolder));
        return LoadedModel.Load(files, new ModelSettings(), TestContext.Current.CancellationToken);
    }
}
