using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Cli;

/// <summary>Turns an exception into a message and an exit code.</summary>
internal static class FailureMessage
{
    public static async Task<int> WriteAsync(Exception exception, TextWriter error, CancellationToken stopped)
    {
        switch (exception)
        {
            case OperationCanceledException when stopped.IsCancellationRequested:
                await error.WriteLineAsync("Stopped.");
                return ExitCode.Interrupted;
            case PrerequisiteException or CheckpointException:
                await error.WriteLineAsync(exception.Message);
                return exception is PrerequisiteException { MayPass: true } ? ExitCode.Unavailable : ExitCode.UserMustAct;
            default:
                await error.WriteLineAsync(
                    $"tinygptv {ProgramVersion.Text} hit an internal error; please report it with your command and the lines below.");
                await error.WriteLineAsync(exception.ToString());
                return ExitCode.Bug;
        }
    }
}
