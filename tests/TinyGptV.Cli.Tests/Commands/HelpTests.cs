using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Tests.Commands;

public sealed class HelpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("eval")]
    [InlineData("silo")]
    [InlineData("score")]
    [InlineData("report")]
    [InlineData("compare")]
    [InlineData("export")]
    [InlineData("import")]
    [InlineData("runs")]
    [InlineData("replicas")]
    [InlineData("replicas list")]
    [InlineData("replicas load")]
    [InlineData("checkpoint inspect")]
    [InlineData("checkpoint verify")]
    [InlineData("checkpoint convert")]

    [InlineData("data list")]
    [InlineData("data verify")]
    public async Task Help_of_every_command_describes_it_and_ends_with_an_example(string command)
    {
        var (exitCode, output, error) = await new InProcess(_folder).RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.StartsWith("Description:", output, StringComparison.Ordinal);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        string examples = output[output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"\n  tinygptv {(command.Length > 0 ? command : "eval")}", examples, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Version_is_that_of_the_program()
    {
        var (exitCode, output, _) = await new InProcess(_folder).RunAsync("--version");

        Assert.Equal(ExitCode.Success, exitCode);
        Assert.StartsWith(ProgramVersion.Text, output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_the_program_lists_every_command()
    {
        var (_, output, _) = await new InProcess(_folder).RunAsync("--help");

        foreach (string command in new[] { "eval", "silo", "score", "report", "compare", "export", "import", "runs", "replicas", "checkpoint", "data" })
            Assert.Contains($"\n  {command}", output, StringComparison.Ordinal);
    }
}
