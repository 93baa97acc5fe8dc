using System.Text.Json;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class RunNamingTests
{
    private static readonly RunManifest Manifest = SampleRuns.Manifest(SampleRuns.Benchmark("gqa", 1, 2));

    [Fact]
    public void NameFor_AnyManifest_IsAValidName()
    {
        RunId name = RunNaming.NameFor(Manifest);
        Assert.Matches("^run-[0-9a-f]{12}$", name.Value);
        Assert.Equal(name, RunId.Parse(name.Value));
    }

    [Fact]
    public void NameFor_OtherNameVersionAndFileNames_IsTheSame()
    {
        var other = Manifest with
        {
            Run = new RunId("b"),
            ProgramVersion = "2.0.0",
            Model = Manifest.Model with { Name = "copy", Files = Manifest.Model.Files.Add("a.pth", "12") },
        };
        Assert.Equal(RunNaming.NameFor(Manifest), RunNaming.NameFor(other));
    }

    [Fact]
    public void Manifest_Layout_IsTheFirst() => Assert.Equal(1, Manifest.Layout);

    [Fact]
    public void Identities_AsJson_AreTheirValuesAlone()
    {
        var options = EvaluationJson.Compact.Options;
        Assert.Equal("7", JsonSerializer.Serialize(new ShardIndex(7), options));
        Assert.Equal(new ShardIndex(7), JsonSerializer.Deserialize<ShardIndex>("7", options));
        Assert.Equal(new RunId("a"), JsonSerializer.Deserialize<RunId>("\"a\"", options));
    }

    [Fact]
    public void NameFor_OtherSettings_IsAnother()
    {
        RunId[] names =
        [
            RunNaming.NameFor(Manifest),
            RunNaming.NameFor(Manifest with { ShardSize = 5 }),
            RunNaming.NameFor(Manifest with { Limit = 2 }),
            RunNaming.NameFor(Manifest with { Model = Manifest.Model with { Digest = "ef" } }),
            RunNaming.NameFor(SampleRuns.Manifest(SampleRuns.Benchmark("vsr", 1, 2))),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
    }
}
