namespace TinyGptV.Cli.Tests.Commands;

public sealed class EvalCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Eval_predicts_every_sample_and_prints_the_table()
    {
        SmallBenchmark.WriteTo(_folder, "small", 10);

        var (exitCode, output, error) = await new InProcess(_folder).RunAsync("eval", "--data", "{folder}/data", "--runs", "{folder}/runs", "--model", "{folder}", "--run", "r");

        TestContext.Current.TestOutputHelper!.WriteLine(output);
        TestContext.Current.TestOutputHelper!.WriteLine(error);
        Assert.Equal(ExitCode.Success, exitCode);
    }
}
