using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class WrongOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("eval --limt 3", "Unrecognized command or argument '--limt'", "tinygptv eval --help")]
    [InlineData("eval --limit 0", "--limit must be a whole number of at least 1; found '0'", "tinygptv eval --help")]
    [InlineData("eval --limit many", "--limit must be a whole number of at least 1; found 'many'", "tinygptv eval --help")]
    [InlineData("eval --shard-size -1", "--shard-size must be a whole number of at least 1; found '-1'", "tinygptv eval --help")]
    [InlineData("eval --format xml", "Argument 'xml' not recognized", "tinygptv eval --help")]
    [InlineData("eval --precision int8", "Argument 'int8' not recognized", "tinygptv eval --help")]
    [InlineData("silo", "Option '--role' is required", "tinygptv silo --help")]
    [InlineData("silo --role boss", "Argument 'boss' not recognized", "tinygptv silo --help")]
    [InlineData("silo --role replica --silo-port 70000", "--silo-port must be a port", "tinygptv silo --help")]
    [InlineData("silo --role replica --advertise here", "--advertise must be an IP address; found 'here'", "tinygptv silo --help")]
    [InlineData("silo --role replica --otlp collector:4317",
        "--otlp must be the URL of a collector, for example http://collector:4317; found 'collector:4317'", "tinygptv silo --help")]
    [InlineData("silo --role replica --clustering zookeeper", "Argument 'zookeeper' not recognized", "tinygptv silo --help")]
    [InlineData("replicas load --cluster 127.0.0.1:1", "Required argument 'DIR|URI' missing for command: 'load'", "tinygptv replicas load --help")]
    [InlineData("score", "Required argument 'RUN' missing for command: 'score'", "tinygptv score --help")]
    [InlineData("evaluate", "Unrecognized command or argument 'evaluate'", "'tinygptv --help'")]
    [InlineData("", "Required command was not provided", "'tinygptv --help'")]
    public async Task Parser_says_what_is_wrong_and_where_help_is(string commandLine, string message, string hint)
    {
        var (exitCode, output, error) = await new InProcess(_folder).RunAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("eval --cluster nowhere", "'nowhere' is not an address. Expected HOST:PORT")]
    [InlineData("eval --cluster 127.0.0.1:1 --data d --threads 2", "belong to the silos, but found --threads, --data")]
    [InlineData("eval --run ../x", "A run's name has")]
    [InlineData("eval --model {folder}/none", "There is no model folder")]
    [InlineData("silo --role coordinator --model m", "A coordinator does not use --model")]
    [InlineData("silo --role replica --runs r", "A replica does not use --runs")]
    [InlineData("silo --role replica --model {folder} --primary 127.0.0.1:1 --wait 0", "No coordinator answers at 127.0.0.1:1")]
    [InlineData("silo --role replica --replicas 2", "--replicas 2 needs --scripted. For several replicas of a model, list devices")]
    [InlineData("eval --device cpu,gpu", "A device is cpu, cuda or cuda:N; found 'gpu'")]
    [InlineData("silo --role coordinator --clustering redis",
        "--clustering redis needs a connection string. Set --membership or the environment variable TINYGPTV_MEMBERSHIP")]
    [InlineData("silo --role coordinator --membership redis:6379", "--membership is set, but --clustering is localhost")]
    [InlineData("silo --role coordinator --clustering redis --membership ,", "Cannot parse the Redis connection string of --membership")]
    [InlineData("silo --role coordinator --clustering postgres --membership hidden-words",
        "Cannot parse the PostgreSQL connection string of --membership (not shown")]
    [InlineData("silo --role coordinator --clustering redis --membership 127.0.0.1:1 --wait 0",
        "The membership store, Redis at 127.0.0.1:1, does not answer after 0 s")]
    [InlineData("eval --clustering postgres --membership Host=127.0.0.1;Port=1 --wait 0",
        "The membership store, PostgreSQL at 127.0.0.1:1, does not answer after 0 s")]
    [InlineData("eval --cluster 127.0.0.1:1 --clustering redis --membership 127.0.0.1:1",
        "--cluster names gateways; --clustering names a store that lists them")]
    [InlineData("silo --role coordinator --tls-key k", "--tls-certificate, --tls-key and --tls-authority belong together")]
    [InlineData("silo --role coordinator --tls-certificate c --tls-key k --tls-authority a",
        "Cannot use 'c' of --tls-certificate, or its key")]
    [InlineData("runs --cluster 127.0.0.1:1 --runs r", "Use only one of the two")]
    [InlineData("runs --cluster 127.0.0.1:1 --wait 0", "No cluster answers at 127.0.0.1:1")]
    [InlineData("runs list --cluster 127.0.0.1:1 --wait 0", "No cluster answers at 127.0.0.1:1")]
    [InlineData("runs pause my-run", "'tinygptv runs pause' needs a cluster. Name it with --cluster or --clustering")]
    [InlineData("runs cancel ../x --cluster 127.0.0.1:1", "A run's name has")]
    [InlineData("replicas", "'tinygptv replicas' needs a cluster. Name it with --cluster or --clustering")]
    [InlineData("replicas list --cluster 127.0.0.1:1 --wait 0", "No cluster answers at 127.0.0.1:1")]
    [InlineData("replicas load m", "'tinygptv replicas' needs a cluster")]
    [InlineData("replicas load ftp://m --cluster 127.0.0.1:1", "has the scheme 'ftp'")]
    [InlineData("replicas load m --cluster 127.0.0.1:1 --wait 0", "No cluster answers at 127.0.0.1:1")]
    [InlineData("runs resume my-run --cluster 127.0.0.1:1 --wait 0", "No cluster answers at 127.0.0.1:1")]
    public async Task Option_that_cannot_work_is_refused_in_one_message(string commandLine, string message)
    {
        var (exitCode, output, error) = await new InProcess(_folder).RunAsync(commandLine.Split(' '));

        // Nobody answers with --wait 0: repeating the command later can succeed. All else is a mistake.
        Assert.Equal(commandLine.EndsWith("--wait 0", StringComparison.Ordinal) ? ExitCode.Unavailable : ExitCode.UserMustAct, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }
}
