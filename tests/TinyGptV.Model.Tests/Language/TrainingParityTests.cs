using System.Text.Json.Nodes;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using TinyGptV.Model.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Tests.Language;

/// <summary>The network trains like the original: loss, gradients and three AdamW steps on the original's batch.</summary>
public sealed class TrainingParityTests
{
    [Fact]
    public void Gradients_and_three_AdamW_steps_are_the_originals()
    {
        using var scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiTrain);
        JsonNode settings = Golden.Json("phi/train.json");
        using var model = new ProjectedPhi(golden);
        Dictionary<string, Parameter> trainable = model.Trainable(settings);
        using var optimizer = OptimizerOf(settings, trainable);
        var losses = new List<float>();
        for (int step = 0; step < 4; step++)
        {
            optimizer.zero_grad();
            Tensor loss = model.Loss();
            losses.Add(loss.item<float>());
            if (step == 3)
                break;
            loss.backward();
            if (step == 0)
                foreach ((string name, Parameter parameter) in trainable)
                    Golden.AssertClose(golden["grad." + name], parameter.grad!, 2e-5, "gradient of " + name);
            optimizer.step();
        }

        Golden.AssertClose(golden["losses"], tensor(losses.ToArray()), 1e-5, "losses");
        foreach ((string name, Parameter parameter) in trainable)
            Golden.AssertClose(golden["after3." + name], parameter, 1e-5, name + " after three steps");
    }

    private static optim.Optimizer OptimizerOf(JsonNode settings, Dictionary<string, Parameter> trainable) =>
        optim.AdamW(settings["param_groups"]!.AsArray().Select(group => new AdamW.ParamGroup(
            group!["params"]!.AsArray().Select(name => trainable[(string)name!]),
            new AdamW.Options
            {
                LearningRate = (double)group["lr"]!,
                beta1 = (double)group["betas"]![0]!,
                beta2 = (double)group["betas"]![1]!,
                eps = (double)group["eps"]!,
                weight_decay = (double)group["weight_decay"]!,
            })));

    /// <summary>The trained part of TinyGPT-V: query vectors go through two projections and, between text embeddings, into Phi-2.</summary>
    private sealed class ProjectedPhi : IDisposable
    {
        private readonly IReadOnlyDictionary<string, Tensor> _golden;
        private readonly Phi2 _phi;
        private readonly LinearLayer _first;
        private readonly LinearLayer _second;

        public ProjectedPhi(IReadOnlyDictionary<string, Tensor> golden)
        {
            set_num_threads(1);
            _golden = golden;
            var lora = new LoraConfig { R = (int)Golden.Json("phi/lora.json")["r"]!, Alpha = (double)Golden.Json("phi/lora.json")["lora_alpha"]! };
            _phi = new Phi2(ConfigFile.ReadPhi(Golden.PathOf("phi/config.json")), lora, float32, CPU);
            _first = new LinearLayer((int)golden["init.llama_proj.weight"].shape[1], (int)golden["init.llama_proj.weight"].shape[0], float32, CPU);
            _second = new LinearLayer((int)golden["init.llama_proj2.weight"].shape[1], (int)golden["init.llama_proj2.weight"].shape[0], float32, CPU);
            using var mode = no_grad();
            IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.PhiWeights);
            foreach ((string key, Parameter parameter) in Parameters())
                parameter.copy_(golden.TryGetValue("init." + key, out Tensor? initial)
                    ? initial
                    : weights[key.Replace("llama_model.base_model.model.", "", StringComparison.Ordinal)]);
        }

        /// <summary>The parameters in the optimiser's groups; all others stay frozen.</summary>
        public Dictionary<string, Parameter> Trainable(JsonNode settings)
        {
            Dictionary<string, Parameter> all = Parameters().ToDictionary(p => p.Key, p => p.Parameter);
            foreach (Parameter parameter in all.Values)
                parameter.requires_grad = false;
            string[] names = [.. settings["param_groups"]!.AsArray().SelectMany(g => g!["params"]!.AsArray()).Select(n => (string)n!)];
            foreach (string name in names)
                all[name].requires_grad = true;
            return names.ToDictionary(name => name, name => all[name]);
        }

        // Packed rows: without the original's right padding and its ignored labels.
        public Tensor Loss()
        {
            var inputs = new List<Tensor>();
            var labels = new List<Tensor>();
            var spans = new List<RowSpan>();
            Tensor lengths = _golden["lens"];
            Tensor images = _second.forward(_first.forward(_golden["q"]));
            for (int row = 0, rows = 0; row < lengths.shape[0]; row++)
            {
                long before = lengths[row, 0].item<long>(), after = lengths[row, 1].item<long>();
                int count = (int)(before + images.shape[1] + after);
                Tensor front = _phi.Embed(_golden["pre_ids"][row].narrow(0, 0, before)), back = _phi.Embed(_golden["post_ids"][row].narrow(0, 0, after));
                inputs.Add(cat([front, images[row], back]));
                labels.Add(cat([_golden["labels"][row].narrow(0, 1, count - 1), tensor(new long[] { -100 })])); // row i predicts token i + 1
                spans.Add(new RowSpan(null, rows, count));
                rows += count;
            }

            Tensor logits = _phi.Logits(_phi.Forward(cat(inputs), spans));
            return F.cross_entropy(logits, cat(labels), ignore_index: -100);
        }

        public void Dispose()
        {
            _phi.Dispose();
            _first.Dispose();
            _second.Dispose();
        }

        private IEnumerable<(string Key, Parameter Parameter)> Parameters() =>
            _phi.named_parameters().Select(p => (PeftKey(p.name), p.parameter))
                .Concat(_first.named_parameters().Select(p => ("llama_proj." + p.name, p.parameter)))
                .Concat(_second.named_parameters().Select(p => ("llama_proj2." + p.name, p.parameter)));

        private static string PeftKey(string name) => "llama_model.base_model.model." + name;
    }
}
