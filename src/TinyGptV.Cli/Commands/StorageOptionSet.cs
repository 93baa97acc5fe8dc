using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Verbs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Commands;

/// <summary>
/// The options of the local cache of object storage, and where links may lead. Credentials are not options: secrets do not belong on a command line.
/// </summary>
internal sealed partial class StorageOptionSet
{
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "The folder that caches images and checkpoints from object storage. Default: tinygptv in the user's cache folder.",
        HelpName = "DIR",
    };

    private readonly Option<long> _size = new("--cache-size")
    {
        Description = "The maximum size of the cache, in MiB, GiB or TiB; the least recently used files are removed first. Default: 50GiB.",
        HelpName = "SIZE",
        CustomParser = ParseSize,
    };

    private readonly Option<string[]> _imageRoots = new("--image-root")
    {
        Description = "A folder outside --data that symbolic links in --data may lead into; may be given several times. Links to anywhere else are refused.",
        HelpName = "DIR",
    };

    /// <summary>The options of the cache.</summary>
    public IEnumerable<Option> All => [_cache, _size];

    /// <summary>The options of commands that read benchmarks.</summary>
    public IEnumerable<Option> WithImageRoots => [.. All, _imageRoots];

    public StorageOptions Bind(ParseResult result, ProgramEnvironment environment)
    {
        StorageOptions options = environment.Storage;
        if (result.GetValue(_cache) is { } folder)
            options = options with { CacheFolder = folder };
        if (result.GetValue(_imageRoots) is { Length: > 0 } roots)
            options = options with { ImageRoots = [.. roots] };
        return result.GetValue(_size) is > 0 and var bytes ? options with { CacheBytes = bytes } : options;
    }

    [GeneratedRegex("^([0-9]{1,6})([MGT])iB?$")]
    private static partial Regex Size();

    private static long ParseSize(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Size().Match(text) is { Success: true } match && long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is > 0 and var number)
            return number << (match.Groups[2].Value switch { "M" => 20, "G" => 30, _ => 40 });
        result.AddError($"--cache-size must be a whole number with a unit, for example 512MiB or 80GiB; found '{text}'.");
        return 0;
    }
}
