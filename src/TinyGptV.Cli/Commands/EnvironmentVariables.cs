using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Commands;

/// <summary>
/// Takes options that are not on the command line from the environment: <c>--silo-port</c> from <c>TINYGPTV_SILO_PORT</c>. They go
/// through the same parser and the same checks. An empty variable counts as not set.
/// </summary>
internal static class EnvironmentVariables
{
    public const string Prefix = "TINYGPTV_";

    public static string NameOf(Option option) => Prefix + option.Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>The environment variables that set options of the parsed command.</summary>
    /// <param name="parsed">The command line alone.</param>
    /// <param name="read">Reads a variable; null if it is not set.</param>
    public static ImmutableArray<(Option Option, string Value)> Find(ParseResult parsed, Func<string, string?> read) =>
        [.. from option in parsed.CommandResult.Command.Options
            where option is not (HelpOption or VersionOption) && parsed.GetResult(option) is null or { Implicit: true }
            let value = read(NameOf(option))
            where !string.IsNullOrEmpty(value)
            select (option, value)];

    /// <summary>True if the user typed the option; a value from the environment may be meant for another command.</summary>
    public static bool IsTyped(this ParseResult result, Option option, ProgramEnvironment environment) =>
        result.GetResult(option) is { Implicit: false } && string.IsNullOrEmpty(environment.Variable(NameOf(option)));
}
