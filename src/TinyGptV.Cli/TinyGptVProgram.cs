using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using TinyGptV.Cli.Commands;
using TinyGptV.Cli.Verbs;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Cli;

/// <summary>The program from its arguments to its exit code; the one place where exceptions become messages.</summary>
internal static class TinyGptVProgram
{
    private static readonly (string, string)[] RootExamples =
    [
        ("Evaluate the shipped samples with the shipped demonstration model", "tinygptv eval"),
        ("Help for one command", "tinygptv eval --help"),
    ];

    /// <summary>Runs the program with the streams and signals (Ctrl+C, SIGTERM) of this process.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopOnce);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopOnce);
        MakeRoomForWriters();
        return await RunAsync(args, ProgramEnvironment.OfThisProcess(), stop.Token);

        // The first signal requests a stop; the second one gets the default handling, which ends the process at once.
        void StopOnce(PosixSignalContext signal)
        {
            if (stop.IsCancellationRequested)
                return;
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Some pool threads block on the disk. Adds as many to the pool's minimum, so that one thread per processor stays free at once.</summary>
    private static void MakeRoomForWriters()
    {
        ThreadPool.GetMinThreads(out int workers, out int completionPorts);
        ThreadPool.SetMinThreads(workers + RunFolder.MostWriters, completionPorts);
    }

    /// <summary>Runs the program in the given environment.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, ProgramEnvironment environment, CancellationToken cancellationToken) =>
        RunAsync(CreateRoot(environment), args, environment, cancellationToken);

    /// <summary>Runs one command in the given environment.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(Command root, IReadOnlyList<string> args, ProgramEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            ParseResult result = Parse(root, args, environment, out ImmutableArray<(Option, string)> variables);
            // This class handles signals (above) and exceptions (below) itself.
            var configuration = new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return result.Action is ParseErrorAction
                ? await ExplainAsync(result, variables, environment.Error)
                : await result.InvokeAsync(configuration, cancellationToken);
        }
        catch (Exception exception)
        {
            return await FailureMessage.WriteAsync(exception, environment.Error, cancellationToken);
        }
    }

    /// <summary>Parses the command line and the environment variables, without running anything.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="environment">Where variables are read.</param>
    /// <param name="variables">The options that came from the environment, with their values.</param>
    public static ParseResult Parse(IReadOnlyList<string> args, ProgramEnvironment environment, out ImmutableArray<(Option Option, string Value)> variables) =>
        Parse(CreateRoot(environment), args, environment, out variables);

    private static ParseResult Parse(
        Command root, IReadOnlyList<string> args, ProgramEnvironment environment, out ImmutableArray<(Option Option, string Value)> variables)
    {
        ParseResult typed = root.Parse(args);
        variables = EnvironmentVariables.Find(typed, environment.Variable);
        return variables.IsEmpty ? typed : root.Parse([.. args, .. variables.Select(variable => $"{variable.Option.Name}={variable.Value}")]);
    }

    private static RootCommand CreateRoot(ProgramEnvironment environment)
    {
        var root = new RootCommand("Evaluates TinyGPT-V on visual question answering benchmarks, on one machine or on a cluster.")
        {
            new EvalCommand(environment),
            new SiloCommand(environment),
            new ScoreCommand(environment),
            new ReportCommand(environment),
            new CompareCommand(environment),
            new ExportCommand(environment),
            new ImportCommand(environment),
            new RunsCommand(environment),
            new ReplicasCommand(environment),
            new CheckpointCommand(environment),
            new DataCommand(environment),
        };
        TeachingCommand.TeachIn(root, RootExamples);
        return root;
    }

    private static async Task<int> ExplainAsync(ParseResult result, ImmutableArray<(Option Option, string Value)> variables, TextWriter error)
    {
        foreach (string message in result.Errors.Select(parseError => parseError.Message).Distinct())
            await error.WriteLineAsync(message);
        if (!variables.IsEmpty)
        {
            IEnumerable<string> names = variables.Select(variable => EnvironmentVariables.NameOf(variable.Option));
            await error.WriteLineAsync($"Options set by the environment: {string.Join(", ", names)}.");
        }
        await error.WriteLineAsync($"See 'tinygptv {PathOf(result.CommandResult)}--help'.");
        return ExitCode.UserMustAct;
    }

    private static string PathOf(SymbolResult command) =>
        command is CommandResult { Command: not RootCommand and var known } ? $"{PathOf(command.Parent!)}{known.Name} " : "";
}
