using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TinyGptV.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">What the user types.</param>
/// <param name="description">What it does, in a sentence or two.</param>
/// <param name="examples">Whole command lines, each with a line above it that says what for.</param>
internal class TeachingCommand(string name, string description, params (string Purpose, string Line)[] examples) : Command(name, description)
{
    /// <summary>Makes the help of a root command and of everything below it show the examples.</summary>
    public static void TeachIn(RootCommand root, (string Purpose, string Line)[] rootExamples)
    {
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((HelpAction)help.Action!, rootExamples);
    }

    private sealed class HelpWithExamples(HelpAction help, (string Purpose, string Line)[] rootExamples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int exitCode = help.Invoke(parseResult);
            (string Purpose, string Line)[] examples =
                parseResult.CommandResult.Command is TeachingCommand command ? command.Examples : rootExamples;
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine($"Each option may be given as an environment variable too: {EnvironmentVariables.Prefix}SILO_PORT stands for --silo-port.\n");
            if (examples.Length == 0)
                return exitCode;

            output.WriteLine("Examples:");
            foreach ((string purpose, string line) in examples)
                output.WriteLine($"  # {purpose}\n  {line}\n");
            return exitCode;
        }
    }

    private (string Purpose, string Line)[] Examples { get; } = examples;
}
