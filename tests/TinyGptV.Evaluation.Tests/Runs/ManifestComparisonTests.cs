using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class ManifestComparisonTests
{
    private static readonly RunManifest Manifest = SampleRuns.Manifest(SampleRuns.Benchmark("gqa", 1, 2), SampleRuns.Benchmark("vsr", 1));

    [Fact]
    public void Compare_OtherNameAndVersion_FindsNothing() => Assert.Empty(ManifestComparison.Compare(
        Manifest, Manifest with { Run = new RunId("other"), ProgramVersion = "2", Model = Manifest.Model with { Name = "copy" } }));

    [Fact]
    public void Compare_SeveralSettings_FindsEach()
    {
        var changed = Manifest with
        {
            ShardSize = 64,
            Limit = 10,
            Model = Manifest.Model with { Settings = Manifest.Model.Settings.SetItem("precision", "bfloat16") },
            Benchmarks = Manifest.Benchmarks.SetItem(1, Manifest.Benchmarks[1] with { Digests = Manifest.Benchmarks[1].Digests.SetItem("test.json", "11") }),
        };
        Assert.Equal(
            [
                "benchmarks.vsr.digests.test.json: stored \"00ff\", requested \"11\"",
                "limit: stored nothing, requested 10",
                "model.settings.precision: stored \"float32\", requested \"bfloat16\"",
                "shardSize: stored 4, requested 64",
            ],
            ManifestComparison.Compare(Manifest, changed).Select(difference => difference.ToString()));
    }

    [Fact]
    public void Compare_SettingsWhoseNamesDifferOnlyInCase_AreTwoSettings()
    {
        RunManifest stored = WithSettings(("Scale", "1"), ("scale", "2"));

        Assert.Equal("model.settings.scale", Assert.Single(ManifestComparison.Compare(stored, WithSettings(("Scale", "1"), ("scale", "3")))).Setting);
        Assert.Equal("model.settings.Scale", Assert.Single(ManifestComparison.Compare(stored, WithSettings(("Scale", "3"), ("scale", "2")))).Setting);
    }

    [Fact]
    public void Compare_OtherOrderOfBenchmarks_FindsTheOrder()
    {
        var difference = Assert.Single(ManifestComparison.Compare(Manifest, Manifest with { Benchmarks = [.. Manifest.Benchmarks.Reverse()] }));
        Assert.Equal(new ManifestDifference("benchmarks", "gqa, vsr", "vsr, gqa"), difference);
    }

    [Fact]
    public void Compare_BenchmarkThatIsNotWhatItWas_FindsEachSettingUnderItsName()
    {
        BenchmarkManifest stored = Manifest.Benchmarks[0];
        BenchmarkManifest found = stored with { Samples = 3, Definition = stored.Definition with { Title = "Other" } };

        Assert.Equal(
            ["benchmarks.gqa.definition.title: stored \"GQA\", requested \"Other\"", "benchmarks.gqa.samples: stored 2, requested 3"],
            ManifestComparison.Compare(stored, found).Select(difference => difference.ToString()));
        Assert.Empty(ManifestComparison.Compare(stored, stored));
    }

    [Fact]
    public void Compare_AgreesWithTheName()
    {
        RunManifest[] others =
            [Manifest with { ShardSize = 9 }, Manifest with { ProgramVersion = "9" }, Manifest with { Benchmarks = [Manifest.Benchmarks[0]] }];
        Assert.All(others, other =>
            Assert.Equal(RunNaming.NameFor(Manifest) == RunNaming.NameFor(other), ManifestComparison.Compare(Manifest, other).IsEmpty));
    }

    private static RunManifest WithSettings(params (string Name, string Value)[] settings) => Manifest with
    {
        Model = Manifest.Model with
        {
            Settings = settings.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal),
        },
    };

    [Fact]
    public void Refusal_Differences_NamesRunAndEverySetting()
    {
        string refusal = ManifestComparison.Refusal(Manifest.Run, ManifestComparison.Compare(Manifest, Manifest with { ShardSize = 9 }));
        Assert.Equal(
            "Run 'a-run' exists with different settings and cannot be continued with these. "
            + "Choose another run name, or use the stored settings:\n  shardSize: stored 4, requested 9",
            refusal);
    }
}
