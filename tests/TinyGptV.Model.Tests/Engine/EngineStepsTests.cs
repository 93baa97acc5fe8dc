using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

public sealed class EngineStepsTests
{
    private const int Queries = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Answers_are_the_same_to_the_last_bit_alone_together_and_in_any_order(int threads) =>
        Gen.Select(Gen.Int[1, 1000], Request.Gen.List[2, 12], Gen.Int[1, 16], Gen.Int[1, 200]).Sample((seed, requests, maxWork, maxRows) =>
        {
            using TinyGptVModel model = TinyModel.Create(seed);
            string[] alone = [.. requests.Select(r => Answer(model, [r], 1, 1, threads)[0])];
            string[] together = Answer(model, requests, maxWork, maxRows, threads);
            string[] reversed = Answer(model, [.. Enumerable.Reverse(requests)], maxWork, maxRows, threads);

            Assert.Equal(alone, together);
            Assert.Equal(alone, Enumerable.Reverse(reversed));
        }, iter: 20, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Answers_are_the_same_to_the_last_bit_whatever_beginnings_of_prompts_they_share(int threads) =>
        Gen.Select(Gen.Int[1, 1000], Request.SimilarGen.List[2, 12], Gen.Int[1, 16], Gen.Int[1, 200], Gen.Int[0, 3]).Sample(
            (seed, requests, maxWork, maxRows, room) =>
            {
                using TinyGptVModel model = TinyModel.Create(seed);
                string[] alone = [.. requests.Select(r => Answer(model, [r], 1, 1, threads, sharedBytes: 0)[0])];
                string[] sharing = Answer(model, requests, maxWork, maxRows, threads, sharedBytes: 40_000L << (4 * room));

                Assert.Equal(alone, sharing);
            }, iter: 20, threads: 1);

    [Fact]
    public void Questions_about_an_image_compute_its_rows_once_and_together_take_one_step()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 4);
        set_num_threads(1);
        using var mode = inference_mode();
        var images = new ImageVectors(1);
        using var steps = new EngineSteps(new ModelRunner(model, threads: 1), images, new EngineOptions { Threads = 1, MaxRowsPerStep = 40 });
        GenerationWork[] questions = [.. Enumerable.Range(0, 20).Select(i => new GenerationWork(
            new PreparedImage("image", TinyModel.Pixels(1)), new ImagePrompt([1, 2, 3], [4, 5, 6, 7, 10 + i]), new ModelFacts(Queries, [0], -1),
            new DecodingOptions { MaxNewTokens = 2 }, TestContext.Current.CancellationToken))];
        foreach (GenerationWork question in questions)
            steps.Add(question);
        steps.RunOne(); // 11 rows of the first and one of each other
        Assert.All(questions, question => Assert.Equal(1, question.RowsDue));
        while (!steps.IsIdle)
            steps.RunOne();
        Assert.All(questions, question => Assert.True(question.Result.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Image_is_not_encoded_again_while_its_keys_and_values_are_at_hand()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 4);
        set_num_threads(1);
        using var mode = inference_mode();
        using var steps = new EngineSteps(new ModelRunner(model, threads: 1), new ImageVectors(1), new EngineOptions { Threads = 1 });
        ImmutableArray<int> first = await AskAsync("one", TinyModel.Pixels(1));
        await AskAsync("other", TinyModel.Pixels(2)); // pushes the first one's vectors out
        Assert.Equal(first, await AskAsync("one", [1f])); // encoding this would fail

        async Task<ImmutableArray<int>> AskAsync(string image, float[] pixels)
        {
            var work = new GenerationWork(
                new PreparedImage(image, pixels), new ImagePrompt([1, 2], [3, 4]), new ModelFacts(Queries, [0], -1),
                new DecodingOptions { MaxNewTokens = 4 }, TestContext.Current.CancellationToken);
            steps.Add(work);
            while (!steps.IsIdle)
                steps.RunOne();
            return (await work.Result).Ids;
        }
    }

    [Fact]
    public void Ranking_of_a_forked_prompt_equals_running_every_candidate_from_the_start()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 5);
        ImmutableArray<ImmutableArray<int>> candidates = [[7], [7, 8, 9], [3, 4]];
        var request = new Request(true, [1, 5, 6], [9, 4], candidates, 0, 1);
        double[] together = Rank(model, request);
        double[] separate = [.. candidates.Select(c => Rank(model, request with { Candidates = [c] })[0])];
        Assert.Equal(separate, together);

        // The chain rule with single-token rankings: append each candidate's tokens to the prompt one by one.
        for (int i = 0; i < candidates.Length; i++)
        {
            double chain = Enumerable.Range(0, candidates[i].Length).Sum(t =>
                Rank(model, request with { After = [.. request.After, .. candidates[i][..t]], Candidates = [[candidates[i][t]]] })[0]);
            Assert.Equal(chain, together[i], 1e-4);
        }
    }

    [Fact]
    public async Task First_tokens_are_told_to_the_last_bit_as_ranking_tells_them_and_change_no_token()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 7);
        var request = new Request(true, [1, 5, 6], [9, 4], [[7], [3], [96]], 0, 6);
        double[] ranked = Rank(model, request);
        var facts = new ModelFacts(Queries, [0], model.Phi.EosTokenId) { FirstTokens = [7, 3, 96] };
        var image = new PreparedImage("image 0", TinyModel.Pixels(0));
        var work = new GenerationWork(
            image, new ImagePrompt([1, 5, 6], [9, 4]), facts, new DecodingOptions { MaxNewTokens = 6 }, TestContext.Current.CancellationToken);
        Run(model, work);
        GeneratedTokens told = await work.Result;
        Assert.Equal(ranked, told.First);
        Assert.Equal(Generate(model, request with { Ranks = false, Candidates = [] }), told.Ids);
    }

    [Fact]
    public void Generation_with_the_cache_equals_generation_from_the_start_each_time()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 11);
        var request = new Request(false, [4, 5], [6, 7, 8], [], 0, 12);
        ImmutableArray<int> cached = Generate(model, request);
        var grown = new List<int>();
        while (grown.Count < cached.Length)
            grown.Add(Generate(model, request with { After = [.. request.After, .. grown], MaxNewTokens = 1 })[0]);
        Assert.Equal(grown, cached);
    }

    [Fact]
    public async Task RunOne_WorkThatFails_FailsItsCallersAndTheEngineGoesOn()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 3);
        var runner = new ModelRunner(model, threads: 1);
        using var mode = inference_mode();
        using var steps = new EngineSteps(runner, new ImageVectors(32), new EngineOptions { Threads = 1 });
        var bad = new GenerationWork(
            new PreparedImage("bad", [1f]), new ImagePrompt([1], [2]), new ModelFacts(Queries, [0], 2), new DecodingOptions { MaxNewTokens = 3 },
            TestContext.Current.CancellationToken);
        steps.Add(bad);
        while (!steps.IsIdle)
            steps.RunOne();
        Assert.True(bad.Result.IsFaulted);

        var good = new GenerationWork(
            new PreparedImage("good", TinyModel.Pixels(1)), new ImagePrompt([1], [2]), new ModelFacts(Queries, [0], -1),
            new DecodingOptions { MaxNewTokens = 3 }, TestContext.Current.CancellationToken);
        steps.Add(good);
        while (!steps.IsIdle)
            steps.RunOne();
        Assert.Equal(3, (await good.Result).Ids.Length);
    }

    [Theory]
    [InlineData("llama_proj.bias", "vectors of an image")]
    [InlineData("llama_model.lm_head.bias", "logits of the language model")]
    public void RunOne_ResultThatIsNotFinite_IsNoAnswer(string parameter, string expected)
    {
        using TinyGptVModel model = TinyModel.Create(seed: 3);
        using TorchSharp.Scalar infinite = double.PositiveInfinity; // a variable, so it stays alive while native code reads it
        using (no_grad())
            model.ParametersByKey()[parameter].narrow(0, 0, 1).fill_(infinite);

        Exception failure = Assert.Throws<AggregateException>(() => Generate(model, new Request(false, [1], [2], [], 0, 3)));
        var refusal = Assert.IsType<NotFiniteNumberException>(failure.GetBaseException());

        Assert.Contains($"The {expected} are not finite", refusal.Message, StringComparison.Ordinal);
    }

    // The 16-bit kernels choose their summation order by the number of rows, so results are only close.
    [Fact]
    public void Bfloat16_likelihoods_alone_and_together_are_close() =>
        Gen.Select(Gen.Int[1, 1000], Request.Gen.Where(r => r.Ranks).List[2, 8]).Sample((seed, requests) =>
        {
            using TinyGptVModel model = TinyModel.Create(seed, dtype: ScalarType.BFloat16);
            string[] together = Answer(model, requests, 16, 200);
            for (int i = 0; i < requests.Count; i++)
            {
                double[] alone = Rank(model, requests[i]), batched = Likelihoods(together[i]);
                for (int c = 0; c < alone.Length; c++)
                    Assert.Equal(alone[c], batched[c], 0.3);
            }
        }, iter: 12, threads: 1);

    [Fact]
    public void Merged_adapters_answer_like_adapters_apart() =>
        Gen.Int[1, 10_000].Sample(seed =>
        {
            using TinyGptVModel model = TinyModel.Create(seed);
            var request = new Request(true, [1, 2, 3], [4, 5], [[6], [7, 8], [9, 10, 11]], 0, 1);
            double[] apart = Rank(model, request);
            model.Language.MergeAdapters();
            double[] merged = Rank(model, request);
            for (int i = 0; i < apart.Length; i++)
                Assert.Equal(apart[i], merged[i], 1e-3);
        }, iter: 20, threads: 1);

    [Fact]
    public void Bfloat16_answers_are_close_to_those_of_float32() =>
        Gen.Int[1, 10_000].Sample(seed =>
        {
            var request = new Request(true, [1, 2, 3], [4, 5], [[6], [7], [8], [9]], 0, 1);
            using TinyGptVModel wide = TinyModel.Create(seed), narrow = TinyModel.Create(seed, dtype: ScalarType.BFloat16);
            double[] expected = Rank(wide, request), actual = Rank(narrow, request);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 0.3); // values of -1 to -12, 8 bits of mantissa, 2 layers
        }, iter: 20, threads: 1);

    [Fact]
    public void RunOne_CancelledWork_IsDroppedAndItsCallerTold()
    {
        using TinyGptVModel model = TinyModel.Create(seed: 3);
        using var mode = inference_mode();
        using var steps = new EngineSteps(new ModelRunner(model, threads: 1), new ImageVectors(32), new EngineOptions { Threads = 1 });
        using var cancellation = new CancellationTokenSource();
        var work = new GenerationWork(
            new PreparedImage("i", TinyModel.Pixels(1)), new ImagePrompt([1], [2]), new ModelFacts(Queries, [0], -1),
            new DecodingOptions { MaxNewTokens = 1000 }, cancellation.Token);
        steps.Add(work);
        steps.RunOne();
        cancellation.Cancel();
        steps.RunOne();
        Assert.True(steps.IsIdle);
        Assert.True(work.Result.IsCanceled);
    }

    private static string[] Answer(TinyGptVModel model, IReadOnlyList<Request> requests, int maxWork, int maxRows, int threads = 1, long sharedBytes = 1 << 20)
    {
        set_num_threads(threads);
        using var mode = inference_mode();
        var options = new EngineOptions { Threads = threads, MaxBatch = maxWork, MaxRowsPerStep = maxRows, PromptPrefixBytes = sharedBytes };
        using var steps = new EngineSteps(new ModelRunner(model, threads), new ImageVectors(1), options);
        List<(SequenceWork Work, Func<string> Result)> all = [.. requests.Select(r => r.ToWork(model.Phi.EosTokenId))];
        foreach ((SequenceWork work, _) in all)
            steps.Add(work);
        while (!steps.IsIdle)
            steps.RunOne();
        return [.. all.Select(a => a.Result())];
    }

    private static void Run(TinyGptVModel model, SequenceWork work)
    {
        set_num_threads(1);
        using var mode = inference_mode();
        using var steps = new EngineSteps(new ModelRunner(model, threads: 1), new ImageVectors(32), new EngineOptions { Threads = 1 });
        steps.Add(work);
        while (!steps.IsIdle)
            steps.RunOne();
    }

    private static double[] Rank(TinyGptVModel model, Request request) =>
        Likelihoods(Answer(model, [request], 4, 100)[0]);

    private static double[] Likelihoods(string answer) => [.. answer.Split(' ').Select(x => BitConverter.Int64BitsToDouble(Convert.ToInt64(x, 16)))];

    private static ImmutableArray<int> Generate(TinyGptVModel model, Request request) =>
        [.. Answer(model, [request], 4, 100)[0].Split(' ').Select(int.Parse)];

    /// <summary>A tokenized request; its answer is a text that shows every bit.</summary>
    private sealed record Request(bool Ranks, int[] Before, int[] After, ImmutableArray<ImmutableArray<int>> Candidates, int Image, int MaxNewTokens)
    {
        private static readonly Gen<int[]> Tokens = CsCheck.Gen.Int[0, 96].Array[1, 20];

        public static readonly Gen<Request> Gen = CsCheck.Gen.Select(
            CsCheck.Gen.Bool, Tokens, Tokens, CsCheck.Gen.Int[0, 96].Array[1, 4].Select(a => a.ToImmutableArray()).Array[1, 4],
            CsCheck.Gen.Int[0, 2], CsCheck.Gen.Int[1, 8],
            (ranks, before, after, candidates, image, max) => new Request(ranks, before, after, [.. candidates], image, max));

        /// <summary>Few heads, images and beginnings of texts, so that prompts are often alike.</summary>
        public static readonly Gen<Request> SimilarGen = CsCheck.Gen.Select(
            Gen, CsCheck.Gen.Int[1, 2], CsCheck.Gen.Int[0, 8], CsCheck.Gen.Int[0, 1], CsCheck.Gen.Int[1, 3],
            (request, head, common, template, rest) => request with
            {
                Before = [.. Enumerable.Range(20, 2 * head)],
                After = [.. Enumerable.Range(40 + 10 * template, common), .. request.After.Take(rest)],
                Image = request.Image % 2,
            });

        public (SequenceWork Work, Func<string> Result) ToWork(int endToken)
        {
            var image = new PreparedImage($"image {Image}", TinyModel.Pixels(Image));
            var prompt = new ImagePrompt([.. Before], [.. After]);
            if (Ranks)
            {
                var ranking = new RankingWork(image, prompt, new ModelFacts(Queries, [0], endToken), Candidates, default);
                return (ranking, () => string.Join(' ', ranking.Result.Result.Select(x => BitConverter.DoubleToInt64Bits(x).ToString("x16", null))));
            }

            var generation = new GenerationWork(
                image, prompt, new ModelFacts(Queries, [0], endToken), new DecodingOptions { MaxNewTokens = MaxNewTokens }, default);
            return (generation, () => string.Join(' ', generation.Result.Result.Ids));
        }
    }
}
