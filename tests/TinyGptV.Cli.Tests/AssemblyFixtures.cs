using TinyGptV.Cli.Tests;

[assembly: AssemblyFixture(typeof(StartedOnce<OneProcessRun>))]
[assembly: AssemblyFixture(typeof(StartedOnce<SampleContainer>))]
[assembly: AssemblyFixture(typeof(StartedOnce<RedisServer>))]
[assembly: AssemblyFixture(typeof(StartedOnce<PostgresServer>))]
