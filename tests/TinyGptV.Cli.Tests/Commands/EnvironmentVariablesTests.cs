using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class EnvironmentVariablesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Option_that_is_not_typed_is_read_from_the_environment()
    {
        var program = new InProcess(_folder)
        {
            Variables =
            {
                ["TINYGPTV_RUNS"] = _folder["elsewhere"],
                ["TINYGPTV_LIMIT"] = "2",
                ["TINYGPTV_FORMAT"] = "",
                ["TINYGPTV_VERBOSE"] = "false",
            },
        };

        var (exitCode, _, error) = await program.RunAsync("eval", "--run", "by-environment", "--limit", "1");

        Assert.True(exitCode == ExitCode.Success, error);
        Assert.Equal(3, Directory.GetFiles(_folder["elsewhere", "by-environment", "predictions"]).Sum(file => File.ReadAllLines(file).Length));
    }

    [Fact]
    public async Task Wrong_value_is_told_as_if_it_were_typed_and_where_it_may_come_from()
    {
        var program = new InProcess(_folder) { Variables = { ["TINYGPTV_SILO_PORT"] = "many" } };

        var (exitCode, _, error) = await program.RunAsync("silo", "--role", "coordinator");

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("--silo-port must be a port", error, StringComparison.Ordinal);
        Assert.Contains("Options set by the environment: TINYGPTV_SILO_PORT.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variable_that_is_meant_for_another_command_or_role_is_no_mistake()
    {
        var program = new InProcess(_folder) { Variables = { ["TINYGPTV_RUNS"] = "r", ["TINYGPTV_DATA"] = "d", ["TINYGPTV_MODEL"] = _folder.Path } };

        var (_, _, client) = await program.RunAsync("eval", "--cluster", "127.0.0.1:1", "--wait", "0");
        var (_, _, replica) = await program.RunAsync("silo", "--role", "replica", "--primary", "127.0.0.1:1", "--wait", "0");

        Assert.Contains("No cluster answers at 127.0.0.1:1", client, StringComparison.Ordinal);
        Assert.Contains("No coordinator answers at 127.0.0.1:1", replica, StringComparison.Ordinal);
    }
}
