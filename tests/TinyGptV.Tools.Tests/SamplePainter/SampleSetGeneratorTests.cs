using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.SamplePainter;

namespace TinyGptV.Tools.Tests.SamplePainter;

public sealed class SampleSetGeneratorTests
{
    private static readonly string[] Benchmarks = ["gqa", "vsr", "iconqa"];

    [Fact]
    public void Make_DefaultSeed_GivesTheCommittedSetByteForByte()
    {
        Dictionary<string, byte[]> made = SampleSetGenerator.Make(SampleSetGenerator.DefaultSeed).ToDictionary(file => file.Path, file => file.Content);
        string root = Path.Combine(SampleFolder.Root, "sample");
        IEnumerable<string> committed = Benchmarks
            .SelectMany(benchmark => Directory.EnumerateFiles(SampleFolder.Of(benchmark), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'));

        Assert.Equal(made.Keys.Order(StringComparer.Ordinal), committed.Order(StringComparer.Ordinal));
        Assert.All(made, file => Assert.True(file.Value.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(root, file.Key))), $"{file.Key} differs."));
        Assert.InRange(made.Values.Sum(content => content.Length), 0, 1_500_000);
    }

    [Fact]
    public void Make_OtherSeed_GivesOtherPictures()
    {
        byte[] One(ulong seed) => SampleSetGenerator.Make(seed).First(file => file.Path.EndsWith(".jpg", StringComparison.Ordinal)).Content;

        Assert.NotEqual(One(1), One(2));
    }

    [Fact]
    public void Write_EmptyFolder_WritesEveryFile()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tinygptv-sample-");
        try
        {
            int written = SampleSetGenerator.Write(folder.FullName, seed: 5);

            IEnumerable<string> paths = folder.EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/'));
            Assert.Equal(SampleSetGenerator.Make(5).Select(file => file.Path).Order(), paths.Order());
            Assert.Equal(SampleSetGenerator.Make(5).Count(), written);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("gqa")]
    [InlineData("vsr")]
    [InlineData("iconqa")]
    public async Task Sample_definitions_ask_and_score_like_the_real_ones_and_keep_what_they_promise(string benchmark)
    {
        BenchmarkDefinition sample = SampleFolder.Definition(SampleFolder.Of(benchmark));
        BenchmarkDefinition real = SampleFolder.Definition(Path.Combine(SampleFolder.Root, benchmark));
        ImmutableArray<Sample> samples = await SampleFolder.ReadAsync(benchmark);

        Assert.Equal(
            (real.Name, real.Title, real.Format, real.Request, real.Instruction, real.MaxNewTokens, real.EndOfChoice, real.Published),
            (sample.Name, sample.Title, sample.Format, sample.Request, sample.Instruction, sample.MaxNewTokens, sample.EndOfChoice, sample.Published));
        Assert.Equal(real.Scorers, sample.Scorers);
        Assert.Equal("sample", sample.Split);
        Assert.Equal(new ExpectedCounts(samples.Length, samples.Select(s => s.Image).Distinct().Count()), sample.Expected);
        Assert.All(samples, s => Assert.NotEmpty(SampleFolder.ReadImage(benchmark, s.Image)));
        Assert.Equal(samples.Length, samples.Select(s => (s.Image, s.Question)).Distinct().Count());
    }
}
