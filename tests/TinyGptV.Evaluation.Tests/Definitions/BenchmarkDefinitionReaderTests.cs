using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Definitions;

namespace TinyGptV.Evaluation.Tests.Definitions;

public sealed class BenchmarkDefinitionReaderTests
{
    private const string Valid = """
        {
          "name": "vsr", "title": "VSR", "version": 1, "split": "test", "format": "vsr",
          "files": { "annotations": ["test.jsonl"] }, "imageFolders": ["train2017", "val2017"],
          "request": "generate", "promptTemplate": "<ImageHere> {question}",
          "scorers": { "tinygptv": "contains-label" },
          "expected": { "samples": 1222, "images": 715 },
          "published": { "source": "a paper", "accuracy": 0.547, "split": "test", "mode": "tinygptv" }
        }
        """;

    [Theory]
    [InlineData("gqa")]
    [InlineData("vsr")]
    [InlineData("iconqa")]
    [InlineData("iconqa-blanks")]
    [InlineData("gqa-val")]
    [InlineData("vsr-dev")]
    [InlineData("vsr-random-dev")]
    [InlineData("hm-dev-unseen")]
    [InlineData("hm-test-seen")]
    [InlineData("hm-test-unseen")]
    [InlineData("iconqa-test")]
    [InlineData("iconqa-blanks-test")]
    [InlineData("iconqa-images")]
    [InlineData("vsr-random")]
    [InlineData("vizwiz")]
    [InlineData("hm")]
    [InlineData("vqav2")]
    [InlineData("okvqa")]
    [InlineData("refcoco-val")]
    [InlineData("refcoco-testa")]
    [InlineData("refcoco-testb")]
    [InlineData("refcoco-plus-val")]
    [InlineData("refcoco-plus-testa")]
    [InlineData("refcoco-plus-testb")]
    [InlineData("refcocog-val")]
    [InlineData("refcocog-test")]
    [InlineData("sample/gqa")]
    [InlineData("sample/vsr")]
    [InlineData("sample/iconqa")]
    public void Read_EveryDefinitionOfTheRepository_IsValidAndNamedLikeItsFolder(string folder)
    {
        string file = Path.Combine(Repository.Root, "benchmarks-data", folder, "benchmark.json");

        BenchmarkDefinition definition = BenchmarkDefinitionReader.Read(File.ReadAllBytes(file), file);

        Assert.Equal(Path.GetFileName(folder), definition.Name.Value);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "README.md")) || folder.StartsWith("sample/", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_DefinitionsOfTheRepository_AreAllListedAbove()
    {
        IEnumerable<string> folders = Directory.EnumerateFiles(Path.Combine(Repository.Root, "benchmarks-data"), "benchmark.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "benchmarks-data"), Path.GetDirectoryName(file)!).Replace('\\', '/'));
        var listed = typeof(BenchmarkDefinitionReaderTests).GetMethod(nameof(Read_EveryDefinitionOfTheRepository_IsValidAndNamedLikeItsFolder))!
            .GetCustomAttributesData().Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => ((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value as string);

        Assert.Equal(folders.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gqa")]
    [InlineData("vsr")]
    [InlineData("iconqa")]
    [InlineData("vizwiz")]
    [InlineData("hm")]
    [InlineData("refcoco-val")]
    [InlineData("refcoco-testa")]
    [InlineData("refcoco-testb")]
    public void Read_WhatTinyGptVPublished_WasAskedWithTheSamePromptAndSplit(string folder)
    {
        BenchmarkDefinition definition = AskedFolder(folder);

        Assert.Equal(
            (definition.PromptTemplate, definition.Split, "tinygptv"),
            (definition.Published!.PromptTemplate, definition.Published.Split, definition.Published.Mode));
    }

    [Theory]
    [InlineData("okvqa", "[vqa] Based on the image, respond to this question with a short answer: {question}")]
    [InlineData("refcoco-plus-val", "[refer] give me the location of {question}")]
    [InlineData("refcocog-test", "[refer] give me the location of {question}")]
    public void Read_WhatMiniGptV2Published_WasAskedInItsOwnFrame(string folder, string instruction)
    {
        BenchmarkDefinition definition = AskedFolder(folder);

        Assert.Equal($"###Human: <Img><ImageHere></Img> {instruction}###Assistant: ", definition.PromptTemplate);
        Assert.Equal($"<s>[INST] <Img><ImageHere></Img> {instruction} [/INST]", definition.Published!.PromptTemplate);
    }

    [Theory]
    [InlineData("gqa", "gqa-val")]
    [InlineData("vsr", "vsr-dev")]
    [InlineData("vsr-random", "vsr-random-dev")]
    [InlineData("hm", "hm-dev-unseen")]
    [InlineData("hm", "hm-test-seen")]
    [InlineData("hm", "hm-test-unseen")]
    [InlineData("iconqa", "iconqa-test")]
    [InlineData("iconqa-blanks", "iconqa-blanks-test")]
    [InlineData("vsr", "vsr-random")]
    [InlineData("refcoco-val", "refcoco-testa")]
    [InlineData("refcoco-val", "refcoco-testb")]
    [InlineData("refcoco-val", "refcoco-plus-val")]
    [InlineData("refcoco-val", "refcocog-val")]
    [InlineData("refcocog-val", "refcocog-test")]
    public void Read_SplitsOfOneBenchmark_AreAskedAndScoredAlike(string one, string other)
    {
        var (first, second) = (ReadFolder(one), ReadFolder(other));

        Assert.Equal(first.Scorers, second.Scorers);
        Assert.Equal(
            (first.Format, first.Request, first.Instruction, first.MaxNewTokens, first.EndOfChoice),
            (second.Format, second.Request, second.Instruction, second.MaxNewTokens, second.EndOfChoice));
    }

    [Fact]
    public void NamesOf_CocosTwoReleases_AreTriedInOrder()
    {
        ImageReference image = new("000000900001.jpg");

        Assert.Equal(["COCO_val2014_000000900001.jpg", "000000900001.jpg"], ReadFolder("okvqa").NamesOf(image).Select(name => name.Path));
        Assert.Equal(["000000900001.jpg"], ReadFolder("gqa").NamesOf(image).Select(name => name.Path));
    }

    [Fact]
    public void Read_EveryBenchmarkOfTheRepository_IsAskedInTheRecordedWords()
    {
        string data = Path.Combine(Repository.Root, "benchmarks-data");
        string[] folders =
        [
            .. Directory.EnumerateFiles(data, "benchmark.json", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(data, Path.GetDirectoryName(file)!).Replace('\\', '/')).Order(StringComparer.Ordinal),
        ];
        string[] recorded = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "TinyGptV.Evaluation.Tests", "Definitions", "Prompts.approved.txt"));

        Assert.Equal(29, folders.Length);
        Assert.Equal(
            recorded.Order(StringComparer.Ordinal),
            folders.Select(folder => $"{folder}\t\"{AskedFolder(folder).PromptTemplate}\"").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("<ImageHere> {question}", "an instruction does not hold <ImageHere>, which the model's chat format adds")]
    [InlineData("What?", "holds {question} exactly once, found 0 times")]
    public void Read_MalformedInstruction_IsRefused(string instruction, string expected)
    {
        JsonObject json = Json();
        json.Remove("promptTemplate");
        json["instruction"] = instruction;

        Assert.Contains(expected, Refusal(json.ToJsonString()), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PromptsOfTheRepository_DifferInTheSpaceBeforeTheAssistant()
    {
        Assert.EndsWith("answer: {question}###Assistant: ", AskedFolder("gqa").PromptTemplate, StringComparison.Ordinal);
        Assert.EndsWith("false? {question}###Assistant: ", AskedFolder("vsr").PromptTemplate, StringComparison.Ordinal);
        Assert.EndsWith("answer: {question} ###Assistant: ", AskedFolder("iconqa").PromptTemplate, StringComparison.Ordinal);
        Assert.Equal("\n", ReadFolder("iconqa").EndOfChoice);
    }

    [Fact]
    public void Read_OptionalPropertiesAbsent_HaveTheirDefaults()
    {
        JsonObject json = Json();
        json.Remove("expected");
        json.Remove("published");

        BenchmarkDefinition definition = Read("\uFEFF" + json.ToJsonString());

        Assert.Equal((20, "\n", null, null), (definition.MaxNewTokens, definition.EndOfChoice, definition.Expected, definition.Published));
        Assert.Equal(["train2017", "val2017"], definition.ImageFolders);
    }

    [Fact]
    public void Read_SeveralMistakes_NamesAllOfThem()
    {
        JsonObject json = Json();
        json.Remove("title");
        json["promt"] = "x";
        json["published"]!.AsObject()["paper"] = "x";
        json["published"]!.AsObject().Remove("source");

        string refusal = Refusal(json.ToJsonString());

        Assert.StartsWith("benchmark.json: ", refusal, StringComparison.Ordinal);
        Assert.Contains("'title' is missing: a string", refusal, StringComparison.Ordinal);
        Assert.Contains("'promt' is unknown; the properties here are name, title, version", refusal, StringComparison.Ordinal);
        Assert.Contains("'published.paper' is unknown", refusal, StringComparison.Ordinal);
        Assert.Contains("'published.source' is missing: a string", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format", "\"coco\"", "'format' must be one of gqa, vsr, iconQa, iconQaBlanks, iconQaImages, vizWiz, hatefulMemes, vqa, refCoco, csv")]
    [InlineData("version", "\"1\"", "'version' must be a whole number")]
    [InlineData("title", "null", "'title' must be a string")]
    [InlineData("imageFolders", "\"images\"", "'imageFolders' must be a list of strings")]
    [InlineData("expected", "7", "'expected' must be an object")]
    [InlineData("name", "\"Vsr_1\"", "'name' must have lower-case letters, digits and hyphens only, found 'Vsr_1'")]
    [InlineData("version", "0", "'version' must be at least 1, found 0")]
    [InlineData("maxNewTokens", "0", "'maxNewTokens' must be at least 1, found 0")]
    [InlineData("instruction", "\"{question}\"", "either 'instruction' or 'promptTemplate' must be given")]
    [InlineData("promptTemplate", "null", "either 'instruction' or 'promptTemplate' must be given")]
    [InlineData("promptTemplate", "\"{question}\"", "'promptTemplate': a prompt template holds <ImageHere> exactly once, found 0 times")]
    [InlineData("request", "\"rank\"", "'request' must be generate, because samples of this format have no choices to rank")]
    [InlineData("files", "{}", "'files' must name the file of annotations")]
    [InlineData("files", """{"annotations": [], "skills": ["a"]}""", "'files.skills' is unknown; the roles of this format are annotations; 'files.annotations' must list at least one path")]
    [InlineData("files", """{"annotations": ["../secret.json"]}""", "the path '../secret.json' must lie below the benchmark's folder")]
    [InlineData("imageFolders", "[\"/etc\"]", "the path '/etc' must lie below the benchmark's folder")]
    [InlineData("imageFolders", "[]", "'imageFolders' must list at least one folder")]
    [InlineData("scorers", "{}", "'scorers' must name at least one mode")]
    [InlineData("scorers", """{"tinygptv": "guess"}""", "'scorers.tinygptv' asks for the scorer 'guess', which does not exist; there are box-overlap, box-overlap-of-pixels, contains-label,")]
    [InlineData("scorers", """{"tinygptv": "vqa-accuracy"}""", "'scorers.tinygptv': the scorer 'vqa-accuracy' compares with several people's answers, which samples of this format do not have")]
    [InlineData("scorers", """{"tinygptv": "box-overlap"}""", "the scorer 'box-overlap' compares with a box, which samples of this format do not have")]
    [InlineData("imageNames", "[]", "'imageNames' must list at least one name, each with {image}")]
    [InlineData("imageNames", """["COCO_{image}", "x.jpg"]""", "'imageNames' must list at least one name, each with {image}")]
    [InlineData("imageNames", """["../{image}"]""", "the path '../{image}' must lie below the benchmark's folder")]
    [InlineData("imageNames", "\"{image}\"", "'imageNames' must be a list of strings")]
    [InlineData(
        "scorers", """{"tinygptv": "sum-likelihood-choice"}""",
        "the scorer 'sum-likelihood-choice' judges answers of kind rank, but 'request' is generate")]
    [InlineData("expected", """{"samples": 3, "images": 4}""", "'expected' must give samples and, if they are known, images, at least 1 and no more images than samples, found 3 and 4")]
    [InlineData(
        "published", """{"source": "a", "accuracy": 54.7, "split": "test", "mode": "tinygptv"}""",
        "'published.accuracy' must lie between 0 and 1 (38.9 % is 0.389)")]
    [InlineData(
        "published", """{"source": "a", "accuracy": 0.5, "split": "test", "mode": "official"}""",
        "'published.mode' must be one of the modes in 'scorers', found 'official'")]
    public void Read_OneMistake_IsNamed(string property, string value, string expected)
    {
        JsonObject json = Json();
        json[property] = JsonNode.Parse(value);

        Assert.Contains(expected, Refusal(json.ToJsonString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "benchmark.json: expected JSON, found an error")]
    [InlineData("[]", "benchmark.json: the file must be an object")]
    [InlineData("""{"name": "a", "name": "b"}""", "'name'")]
    public void Read_NotADefinition_IsRefused(string json, string expected) => Assert.Contains(expected, Refusal(json), StringComparison.Ordinal);

    private static JsonObject Json() => JsonNode.Parse(Valid)!.AsObject();

    private static BenchmarkDefinition Read(string json) => BenchmarkDefinitionReader.Read(Encoding.UTF8.GetBytes(json), "benchmark.json");

    /// <summary>The benchmark as TinyGPT-V is asked it.</summary>
    private static BenchmarkDefinition AskedFolder(string folder) => TinyGptVChat.Format.Join(ReadFolder(folder));

    private static BenchmarkDefinition ReadFolder(string name) =>
        BenchmarkDefinitionReader.Read(File.ReadAllBytes(Path.Combine(Repository.Root, "benchmarks-data", name, "benchmark.json")), name);

    private static string Refusal(string json) => Assert.Throws<PrerequisiteException>(() => Read(json)).Message;
}
