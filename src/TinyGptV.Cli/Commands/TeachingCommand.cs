using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TinyGptV.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">What the user types.</param>
/// <param name="description">What it does, in a sentence or two.</param>
/// <param name="examples">Complete command lines, each with its purpose.</param>
internal class TeachingCommand(string name, string description, params (string Purpose, string Line)[] examples) : Command(name, description)
{
    /// <summary>Adds the examples to the help of a root command and all its sub-commands.</summary>
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
            output.WriteLine($"Every option can also be set by an environment variable, for example {EnvironmentVariables.Prefix}SILO_PORT for --silo-port.\n");
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
