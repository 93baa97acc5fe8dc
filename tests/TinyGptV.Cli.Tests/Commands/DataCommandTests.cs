namespace TinyGptV.Cli.Tests.Commands;

public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sample_makes_a_set_that_eval_reads()
    {
        var program = new InProcess(_folder);

        var data = await program.RunAsync("data", "sample", "--output", "{folder}/made", "--seed", "7");
        var eval = await program.RunAsync("eval", "--data", "{folder}/made", "--runs", "{folder}/runs", "--limit", "2", "--model", "{folder}");

        Assert.Equal(ExitCode.Success, data.ExitCode);
        Assert.Contains($"tinygptv eval --data {_folder["made"]}", data.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, eval.ExitCode);
        Assert.Contains("gqa 2/2, iconqa 2/2, vsr 2/2", eval.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_folder_that_cannot_be_written_says_so()
    {
        _folder.Write("file", "");

        var (exitCode, _, error) = await new InProcess(_folder).RunAsync("data", "sample", "--output", "{folder}/file");

        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains("Choose another folder with --output", error, StringComparison.Ordinal);
    }
}
