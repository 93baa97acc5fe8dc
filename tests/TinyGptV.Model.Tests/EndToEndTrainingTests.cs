using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests;

/// <summary>The original's training steps, from texts and images to loss, gradients and weights.</summary>
public sealed class EndToEndTrainingTests
{
    private static JsonNode Goldens { get; } = Golden.Json("e2e/train.json");

    public static TheoryData<string> RunNames() => [.. Goldens["runs"]!.AsArray().Select(r => (string)r!["name"]!)];

    [Theory, MemberData(nameof(RunNames))]
    public void Loss_of_every_kind_of_batch_is_the_originals(string name)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using LoadedModel model = Load();
        JsonNode run = Goldens["runs"]!.AsArray().First(r => (string)r!["name"]! == name)!;

        TrainingSequence[] batch = Arrange(model, run);
        AssertRowsAreTheOriginals(name, model, batch);
        Assert.Equal((double)run["loss"]!, TrainingLoss.Of(model.Network, batch, Pixels(run)).item<float>(), 1e-4);
    }

    [Fact]
    public void Gradients_and_three_steps_are_the_originals()
    {
        using var scope = NewDisposeScope();
        using LoadedModel model = Load();
        JsonNode steps = Goldens["steps"]!, run = Goldens["runs"]!.AsArray().First(r => (string)r!["name"]! == (string)steps["sample"]!)!;
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.Training);
        Dictionary<string, Parameter> trainable = Trainable(model, steps);
        TrainingSequence[] batch = Arrange(model, run);
        Tensor pixels = Pixels(run)!;
        using optim.Optimizer optimizer = OptimizerOf(steps, trainable);
        double[] losses = new double[4];
        for (int step = 0; step < 4; step++)
        {
            optimizer.zero_grad();
            Tensor loss = TrainingLoss.Of(model.Network, batch, pixels);
            losses[step] = loss.item<float>();
            if (step == 3)
                break;
            loss.backward();
            if (step == 0)
                foreach ((string name, Parameter parameter) in trainable)
                    AssertPart(golden, "grad." + name, parameter.grad!, 2e-5);
            optimizer.step();
        }

        double[] expected = [.. steps["losses_before_step_1_2_3_and_after"]!.AsArray().Select(l => (double)l!)];
        for (int i = 0; i < 4; i++)
            Assert.Equal(expected[i], losses[i], 1e-4);
        foreach ((string name, Parameter parameter) in trainable)
            AssertAfterSteps(golden, "after3." + name, parameter, (double)steps["lr"]!);
    }

    // The original right-pads rows to the longest of the batch; ours are the part without padding.
    private static void AssertRowsAreTheOriginals(string name, LoadedModel model, TrainingSequence[] batch)
    {
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.Training);
        for (int row = 0; row < batch.Length; row++)
        {
            int count = batch[row].Labels.Length;
            Assert.Equal([.. golden[name + ".labels"][row].data<long>().Take(count)], batch[row].Labels);
            Assert.Equal([.. golden[name + ".attention_mask"][row].data<long>().Take(count).Select(bit => bit == 1)], batch[row].Visible);
            Assert.DoesNotContain(golden[name + ".labels"][row].data<long>().Skip(count), label => label >= 0);
        }
    }

    private static TrainingSequence[] Arrange(LoadedModel model, JsonNode run)
    {
        JsonNode settings = run["settings"]!, samples = run["samples"]!;
        var format = new TrainingFormat
        {
            PromptTemplate = (string)settings["prompt_template"]!,
            UsesTemplate = (bool)settings["chat_template"]!,
            EndSymbol = (string)settings["end_sym"]!,
            MaxAnswerTokens = (int)settings["max_txt_len"]!,
            MaxContextRows = (int)settings["max_context_len"]!,
        };
        bool isConversation = samples["conv_q"] is not null;
        string[] questions = Texts(samples[isConversation ? "conv_q" : "instruction_input"]!), answers = Texts(samples[isConversation ? "conv_a" : "answer"]!);
        return [.. questions.Zip(answers, (question, answer) => TrainingSequence.Arrange(
            model.Tokenizer, model.Network.Config.Qformer.QueryLength, Turns(question, answer, isConversation), format))];
    }

    private static (string, string)[] Turns(string question, string answer, bool isConversation) =>
        isConversation ? [.. question.Split("!@#").Zip(answer.Split("!@#"))] : [(question, answer)];

    private static string[] Texts(JsonNode array) => [.. array.AsArray().Select(t => (string)t!)];

    private static Tensor? Pixels(JsonNode run) => run["images"] is JsonArray images
        ? Golden.Read(GoldenFiles.Vision, "pixel_values").index_select(0, tensor(images.Select(i => (long)i!).ToArray()))
        : null;

    // For the three largest tensors, only the first rows, entries or columns are stored, plus sums over the whole.
    private static void AssertPart(IReadOnlyDictionary<string, Tensor> golden, string name, Tensor actual, double tolerance)
    {
        (Tensor expected, Tensor part) = PartOf(golden, name, actual);
        Golden.AssertClose(expected, part, tolerance, name);
        if (!golden.TryGetValue(name + ".sum_abs_l2", out Tensor? sums))
            return;
        Golden.AssertClose(sums[1], actual.abs().sum(), 1e-4, name + " sum of absolute values");
        Golden.AssertClose(sums[2], actual.norm(), 1e-4, name + " norm");
    }

    // AdamW divides by the root of the squared gradient: an element with a near-zero gradient moves by the sign of its rounding error.
    private static void AssertAfterSteps(IReadOnlyDictionary<string, Tensor> golden, string name, Tensor actual, double learningRate)
    {
        (Tensor expected, Tensor part) = PartOf(golden, name, actual);
        Tensor error = (expected - part).abs();
        Assert.True(error.max().item<float>() <= 3 * learningRate, name);
        Assert.True(error.gt(2e-6).to(float64).mean().item<double>() <= 1e-3, $"{name}: too many elements are off");
    }

    private static (Tensor Expected, Tensor Part) PartOf(IReadOnlyDictionary<string, Tensor> golden, string name, Tensor actual)
    {
        if (golden.TryGetValue(name, out Tensor? whole))
            return (whole, actual);
        Tensor slice = golden[name + ".slice64"];
        return (slice, slice.shape[0] < actual.shape[0] ? actual.narrow(0, 0, slice.shape[0]) : actual.narrow(1, 0, slice.shape[1]));
    }

    private static Dictionary<string, Parameter> Trainable(LoadedModel model, JsonNode steps)
    {
        Dictionary<string, Parameter> all = model.Network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        string[] names = [.. steps["param_groups"]!.AsArray().SelectMany(g => g!["params"]!.AsArray()).Select(n => (string)n!)];
        foreach (string name in names)
            all[Canonical(name)].requires_grad = true;
        return names.ToDictionary(name => name, name => all[Canonical(name)]);
    }

    private static string Canonical(string name) => name.Replace("llama_model.base_model.model.", "llama_model.", StringComparison.Ordinal);

    private static optim.Optimizer OptimizerOf(JsonNode steps, Dictionary<string, Parameter> trainable) =>
        optim.AdamW(steps["param_groups"]!.AsArray().Select(group => new AdamW.ParamGroup(
            group!["params"]!.AsArray().Select(name => trainable[(string)name!]),
            new AdamW.Options
            {
                LearningRate = (double)steps["lr"]!,
                beta1 = (double)steps["betas"]![0]!,
                beta2 = (double)steps["betas"]![1]!,
                eps = (double)steps["eps"]!,
                weight_decay = (double)group["weight_decay"]!,
            })));

    private static LoadedModel Load()
    {
        set_num_threads(1);
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.Paths);
        return LoadedModel.Load(files, new ModelSettings(), TestContext.Current.CancellationToken);
    }
}
