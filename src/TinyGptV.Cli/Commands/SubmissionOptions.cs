using System.CommandLine;
using TinyGptV.Evaluation.Submissions;

namespace TinyGptV.Cli.Commands;

/// <summary>Options of both <c>export</c> and <c>import</c>.</summary>
internal static class SubmissionOptions
{
    public static Option<string> Format() => new Option<string>("--format")
    {
        Description = string.Join(' ', SubmissionFormats.All.Select(format => $"{format.Name}: {format.Description}")),
        Required = true,
    }.AcceptOnlyFromAmong([.. SubmissionFormats.All.Select(format => format.Name)]);
}
