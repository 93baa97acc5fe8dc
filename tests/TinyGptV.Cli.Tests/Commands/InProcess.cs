using TinyGptV.Backends;
using TinyGptV.Backends.Scripted;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cli.Tests.Commands;

/// <summary>Runs commands in this process, with a scripted model instead of a checkpoint.</summary>
internal sealed class InProcess(TemporaryFolder folder)
{
    /// <summary>The model that every replica loads.</summary>
    public IVisionLanguageModel Model { get; set; } = new ScriptedModel();

    /// <summary>How replicas load a model; null to use <see cref="Model"/> regardless of the options.</summary>
    public ModelLoader? Loader { get; set; }

    /// <summary>The environment variables that the program sees.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Where commands write files meant for standard output.</summary>
    public Func<Stream> OpenOutput { get; init; } = () => Stream.Null;

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        await RunAsync(TestContext.Current.CancellationToken, arguments);

    public async Task<(int ExitCode, string Output, string Error)> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new ProgramEnvironment
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            OpenOutput = OpenOutput,
            Variable = Variables.GetValueOrDefault,
            LoadModel = Loader ?? ((_, _) => Task.FromResult(Model)),
        };
        int exitCode = await TinyGptVProgram.RunAsync(
            [.. arguments.Select(argument => argument.Replace("{folder}", folder.Path, StringComparison.Ordinal))], environment, cancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }
}
