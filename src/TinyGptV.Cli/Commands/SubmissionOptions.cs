using System.CommandLine;
using TinyGptV.Evaluation.Submissions;

namespace TinyGptV.Cli.Commands;

/// <summary>Options of both <c>export</c> and <c>import</c>.</summary>
internal static class SubmissionOptions
{
    public static Option<string> Format(IReadOnlyCollection<IAnswerFormat> formats) => new Option<string>("--format")
    {
        Description = string.Join(' ', formats.Select(format => $"{format.Name}: {format.Description}")),
        Required = true,
    }.AcceptOnlyFromAmong([.. formats.Select(format => format.Name)]);
}
