using System.Text.RegularExpressions;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>The parts of a container file in <c>k8s/images</c> that the manifests depend on.</summary>
internal sealed partial class ImageFile
{
    private readonly string _text;

    private ImageFile(string text) => _text = text;

    /// <summary>The base images of all stages, with argument defaults filled in.</summary>
    public IEnumerable<string> Bases =>
        From.Matches(_text).Select(match => Argument.Replace(match.Groups["image"].Value, argument => Default(argument.Groups["name"].Value)));

    /// <summary>The user of the final image, as user:group.</summary>
    public string User => Regex.Matches(_text, @"^USER (\S+)$", RegexOptions.Multiline).Last().Groups[1].Value;

    /// <summary>The entry point of the final image.</summary>
    public string EntryPoint => Regex.Match(_text, """^ENTRYPOINT \["(\S+)"\]$""", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>The environment variables set by the image.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
        Variable.Matches(LastStage).Select(match => KeyValuePair.Create(match.Groups["name"].Value, match.Groups["value"].Value));

    public string TorchBackend => Regex.Match(_text, "-p:TorchBackend=(\\w+)").Groups[1].Value;

    private string LastStage => _text[_text.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];

    public static ImageFile Read(string name) => new(File.ReadAllText(Repository.PathOf("k8s", "images", name + ".Dockerfile")));

    private string Default(string argument) => Regex.Match(_text, $@"^ARG {argument}=(\S+)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"^FROM (?<image>\S+)", RegexOptions.Multiline)]
    private static partial Regex From { get; }

    [GeneratedRegex(@"\$\{(?<name>\w+)\}")]
    private static partial Regex Argument { get; }

    [GeneratedRegex(@"(?:^ENV |^    )(?<name>[A-Za-z_]+)=(?<value>[^\s\\]+)", RegexOptions.Multiline)]
    private static partial Regex Variable { get; }
}
