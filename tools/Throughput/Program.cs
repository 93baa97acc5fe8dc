using TinyGptV.Cli;
using TinyGptV.Cli.Verbs;
using TinyGptV.Throughput;

ProgramEnvironment environment = ProgramEnvironment.OfThisProcess();
return await TinyGptVProgram.RunAsync(new ThroughputCommand(environment), args, environment, CancellationToken.None);
