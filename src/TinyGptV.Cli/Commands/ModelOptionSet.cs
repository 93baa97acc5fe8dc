using System.CommandLine;
using TinyGptV.Backends;
using TinyGptV.Model;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary>The options that say which model a replica loads and how to run it; the same for every command that starts a replica.</summary>
internal sealed class ModelOptionSet
{
    private readonly Option<string?> _folder = new("--model")
    {
        Description = "The checkpoint folder: phi-2/, eva_vit_g.pth, blip2_pretrained_flant5xxl.pth and TinyGPT-V_for_Stage*.pth, or a converted checkpoint. "
            + "Or the URI of a prefix in a Blob container with such files. Default: the shipped demonstration model.",
        HelpName = "DIR|URI",
    };

    private readonly Option<string?> _phi = new("--phi") { Description = "The phi-2 folder, if it is not in --model.", HelpName = "DIR" };
    private readonly Option<string?> _eva = new("--eva") { Description = "The visual encoder file, if it is not in --model.", HelpName = "FILE" };
    private readonly Option<string?> _blip2 = new("--blip2") { Description = "The Q-Former file, if it is not in --model.", HelpName = "FILE" };

    private readonly Option<string?> _stage = new("--stage")
    {
        Description = "The training stage file, if it is not in --model or there are several.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _config = new("--model-config")
    {
        Description = "The configuration file, if it is not config.json in --model.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _imageSize = new("--image-size")
    {
        Description = "Width and height of the model's input image. Default: from the configuration, else 448.",
        HelpName = "PIXELS",
    };

    private readonly Option<string> _precision = CommandOptions.Choice<ModelPrecision>(
        "--precision", "The number format for inference; float16 needs a GPU.", ModelPrecision.Float32);

    private readonly Option<string> _device = new("--device")
    {
        Description = "Where the model runs: cpu, cuda or cuda:N (needs a build with -p:TorchBackend=cuda). Several separated by commas, or all for every "
            + "visible GPU: each device loads the model and is a separate replica.",
        HelpName = "DEVICES",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<bool> _mergeLora = new("--merge-lora")
    {
        Description = "Merge the LoRA adapters into the weights: a few percent faster; results differ in the last bits.",
    };

    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Number of CPU threads for the model. Default: all cores, divided among the devices.",
        HelpName = "N",
    };

    private readonly Option<int?> _batch = new("--batch") { Description = "Maximum number of requests in one batch.", HelpName = "N" };

    private readonly Option<int?> _scripted = new("--scripted")
    {
        Description = "Use a script instead of a model; each answer takes this long. For trying out a cluster without a checkpoint: "
            + "the answers are meaningless. --batch sets how many it gives at once (default 8).",
        HelpName = "MILLISECONDS",
    };

    public ModelOptionSet()
    {
        _imageSize.Validators.Add(NumberRange.AtLeast(1));
        _threads.Validators.Add(NumberRange.AtLeast(1));
        _batch.Validators.Add(NumberRange.AtLeast(1));
        _scripted.Validators.Add(NumberRange.AtLeast(0));
    }

    public IEnumerable<Option> All =>
        [_folder, _phi, _eva, _blip2, _stage, _config, _imageSize, _precision, _device, _mergeLora, _threads, _batch, _scripted];

    public ModelOptions Bind(ParseResult result, string demonstrationModel) =>
        Bind(result, StorageLocation.Parse(result.GetValue(_folder) ?? demonstrationModel));

    private ModelOptions Bind(ParseResult result, StorageLocation location) => new()
    {
        Folder = location.Folder ?? location.ToString(),
        Source = location.Folder is null ? location : null,
        Phi = result.GetValue(_phi),
        Eva = result.GetValue(_eva),
        Blip2 = result.GetValue(_blip2),
        Stage = result.GetValue(_stage),
        Config = result.GetValue(_config),
        ImageSize = result.GetValue(_imageSize),
        Precision = result.GetChoice<ModelPrecision>(_precision),
        Device = result.GetRequiredValue(_device),
        MergeLora = result.GetValue(_mergeLora),
        Threads = result.GetValue(_threads),
        MaxBatch = result.GetValue(_batch),
        ScriptDelay = result.GetValue(_scripted) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
    };
}
