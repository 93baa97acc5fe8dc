using System.Text.RegularExpressions;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>A container file of <c>k8s/images</c>, as far as the manifests depend on it.</summary>
internal sealed partial class ImageFile
{
    private readonly string _text;

    private ImageFile(string text) => _text = text;

    /// <summary>What every stage is built on, with the defaults of arguments filled in.</summary>
    public IEnumerable<string> Bases =>
        From.Matches(_text).Select(match => Argument.Replace(match.Groups["image"].Value, argument => Default(argument.Groups["name"].Value)));

    /// <summary>The user of the image that is made, as user:group.</summary>
    public string User => Regex.Matches(_text, @"^USER (\S+)$", RegexOptions.Multiline).Last().Groups[1].Value;

    /// <summary>The program of the image that is made.</summary>
    public string EntryPoint => Regex.Match(_text, """^ENTRYPOINT \["(\S+)"\]$""", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>The environment that the image adds to what a pod says.</summary>
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
