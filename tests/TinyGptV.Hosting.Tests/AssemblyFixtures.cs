[assembly: AssemblyFixture(typeof(StartedOnce<RedisServer>))]
[assembly: AssemblyFixture(typeof(StartedOnce<PostgresServer>))]
