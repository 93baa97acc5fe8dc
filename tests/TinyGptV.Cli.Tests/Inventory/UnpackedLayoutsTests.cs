using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Cli.Tests.Inventory;

/// <summary>The shipped definitions against the folders of unpacked downloads: with made-up records in the real paths.</summary>
public sealed class UnpackedLayoutsTests : IDisposable
{
    private const string Gqa = """{"1": {"imageId": "n1", "question": "What?", "answer": "green"}}""";
    private const string Lavis = """[{"image": "n1.jpg", "question": "What?", "answer": "green", "question_id": "1"}]""";
    private const string Vsr = """{"image": "000000000001.jpg", "caption": "A.", "label": 1, "relation": "under"}""";
    private const string Problems = """
        {"7": {"question": "Which?", "choices": ["a", "b"], "answer": 1, "ques_type": "choose_txt"},
         "8": {"question": "Which?", "answer": "6", "ques_type": "fill_in_blank"}}
        """;
    private const string Splits = """{"choose_txt_val": ["7"], "choose_txt_test": ["7"], "fill_in_blank_val": ["8"], "fill_in_blank_test": ["8"]}""";
    private const string Prepared = """[{"image_id": "7", "question": "Which?", "choices": ["a", "b"], "answer": 1}]""";
    private const string VizWiz = """[{"image": "VizWiz_val_00000000.jpg", "question": "What?", "answers": [{"answer": "a"}]}]""";
    private const string Memes = """{"id": 1, "img": "img/00001.png", "label": 1, "text": "a"}""";
    private const string VqaQuestions = """{"questions": [{"question_id": 10, "image_id": 1, "question": "What?"}]}""";
    private const string VqaList = """[{"question_id": 10, "image_id": 1, "question": "What?"}]""";
    private const string VqaAnswers = """{"annotations": [{"question_id": 10, "image_id": 1, "answers": [{"answer": "a", "answer_id": 1}]}]}""";
    private const string RefCoco = """[{"img_id": "COCO_train2014_000000000001_4", "sents": "left man", "bbox": [1, 2, 3, 4], "height": 480, "width": 640}]""";
    private const string Instances = """
        {"images": [{"id": 1, "file_name": "COCO_train2014_000000000001.jpg", "height": 480, "width": 640}],
         "annotations": [{"id": 2, "image_id": 1, "bbox": [1, 2, 3, 4]}]}
        """;

    private readonly TemporaryFolder _folder = new();

    private static string References(string split) =>
        $"(l(dS'split'\nS'{split}'\nsS'ann_id'\nI2\nsS'image_id'\nI1\nsS'sentences'\n(l(dS'sent_id'\nI1\nsS'sent'\nS'left man'\nsasa.";

    public static TheoryData<string, string, string[]> Layouts => new()
    {
        { "gqa", "official archives", ["gqa/testdev_balanced_questions.json", Gqa, "gqa/images/n1.jpg", ""] },
        { "gqa", "an archive unpacked into its own folder", ["gqa/questions1.2/testdev_balanced_questions.json", Gqa, "gqa/images/n1.jpg", ""] },
        { "gqa", "MiniGPT-v2 guide", ["gqa/testdev_balanced_questions.json", Lavis, "gqa/gqa_images/n1.jpg", ""] },
        { "gqa-val", "in the folder of testdev", ["gqa/questions1.2/val_balanced_questions.json", Gqa, "gqa/images/n1.jpg", ""] },
        { "vsr", "the repository and COCO's archives",
            ["vsr/visual-spatial-reasoning/data/splits/zeroshot/test.jsonl", Vsr, "vsr/train2017/000000000001.jpg", ""] },
        { "vsr", "COCO shared", ["vsr/test.jsonl", Vsr, "coco/val2017/000000000001.jpg", ""] },
        { "vsr-random", "in the folder of zero-shot", ["vsr/data/splits/random/test.jsonl", Vsr, "vsr/train2017/000000000001.jpg", ""] },
        { "vsr-dev", "in the folder of test", ["vsr/data/splits/zeroshot/dev.jsonl", Vsr, "coco/train2017/000000000001.jpg", ""] },
        { "iconqa", "the archive as it is",
            ["iconqa/iconqa_data/problems.json", Problems, "iconqa/iconqa_data/pid_splits.json", Splits,
            "iconqa/iconqa_data/iconqa/val/choose_txt/7/image.png", ""] },
        { "iconqa", "MiniGPT-v2 guide", ["iconvqa/choose_text_val.json", Prepared, "iconvqa/iconvqa_images/7/image.png", ""] },
        { "iconqa-test", "in the folder of val",
            ["iconqa/problems.json", Problems, "iconqa/pid_splits.json", Splits, "iconqa/iconqa/test/choose_txt/7/image.png", ""] },
        { "iconqa-blanks", "in the folder of choose_txt",
            ["iconqa/iconqa_data/problems.json", Problems, "iconqa/iconqa_data/pid_splits.json", Splits,
            "iconqa/iconqa_data/iconqa/val/fill_in_blank/8/image.png", ""] },
        { "vizwiz", "official archives", ["vizwiz/Annotations/val.json", VizWiz, "vizwiz/val/VizWiz_val_00000000.jpg", ""] },
        { "vizwiz", "MiniGPT-v2 guide", ["vizwiz/val.json", VizWiz, "vizwiz/vizwiz_images/VizWiz_val_00000000.jpg", ""] },
        { "hm", "phase 1", ["hm/data/dev.jsonl", Memes, "hm/data/img/00001.png", ""] },
        { "hm", "phase 2", ["hm/dev_seen.jsonl", Memes, "hm/img/00001.png", ""] },
        { "hm", "MiniGPT-v2 guide", ["hateful_meme/dev.jsonl", Memes, "hateful_meme/hm_images/img/00001.png", ""] },
        { "hm-test-unseen", "in the folder of dev", ["hm/test_unseen.jsonl", Memes, "hm/img/00001.png", ""] },
        { "vqav2", "official archives",
            ["vqav2/v2_OpenEnded_mscoco_val2014_questions.json", VqaQuestions, "vqav2/v2_mscoco_val2014_annotations.json", VqaAnswers,
            "vqav2/val2014/COCO_val2014_000000000001.jpg", ""] },
        { "okvqa", "official archives, COCO shared",
            ["okvqa/OpenEnded_mscoco_val2014_questions.json", VqaQuestions, "okvqa/mscoco_val2014_annotations.json", VqaAnswers,
            "coco/val2014/COCO_val2014_000000000001.jpg", ""] },
        { "okvqa", "MiniGPT-v2 guide",
            ["okvqa/okvqa_test_split.json", VqaList, "okvqa/mscoco_val2014_annotations_clean.json", VqaAnswers, "okvqa/train2017/000000000001.jpg", ""] },
        { "refcoco-val", "MiniGPT-v2 guide, COCO shared", ["refcoco/refcoco_val.json", RefCoco, "coco/train2014/COCO_train2014_000000000001.jpg", ""] },
        { "refcoco-testa", "official archive, COCO shared",
            ["refcoco/refs(unc).p", References("testA"), "refcoco/instances.json", Instances, "coco/train2014/COCO_train2014_000000000001.jpg", ""] },
        { "refcoco-plus-testb", "official archive, COCO shared",
            ["refcoco+/refs(unc).p", References("testB"), "refcoco+/instances.json", Instances, "coco/train2014/COCO_train2014_000000000001.jpg", ""] },
        { "refcocog-test", "official archive in its own folder",
            ["refcocog-test/refcocog/refs(umd).p", References("test"), "refcocog-test/refcocog/instances.json", Instances,
            "refcocog-test/train2014/COCO_train2014_000000000001.jpg", ""] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task Unpacked_downloads_are_read_as_they_are(string benchmark, string layout, string[] filesAndContents)
    {
        foreach (string[] file in filesAndContents.Chunk(2))
            _folder.Write(file[0], file[1]);
        var source = new BenchmarkFolder(_folder.Path, Repository.PathOf("benchmarks-data"));
        CancellationToken token = TestContext.Current.CancellationToken;

        Benchmark read = await source.ReadAsync(new BenchmarkName(benchmark), token);

        Assert.True(read.Samples.Length == 1, layout);
        Assert.Empty(await source.FindMissingImagesAsync(read, token));
        EncodedImage image = await new ImageFolder(_folder.Path).ReadAsync(read.Definition.Name, read.Definition.ImageFolders, NameThatIsThere(read), token);
        Assert.Empty(image.Bytes.ToArray());
    }

    [Fact]
    public void Every_shipped_benchmark_is_covered_or_a_split_of_one_that_is()
    {
        string[] families = [.. Layouts.Select(row => row.Data.Item1.Split('-')[0]).Distinct()];

        Assert.All(
            Directory.GetDirectories(Repository.PathOf("benchmarks-data"))
                .Where(folder => File.Exists(Path.Combine(folder, "benchmark.json"))).Select(Path.GetFileName),
            name => Assert.Contains(name!.Split('-')[0], families));
    }

    [Theory]
    [InlineData("../secret.jpg")]
    [InlineData("/etc/hostname")]
    [InlineData("images/../../secret.jpg")]
    public async Task Image_column_of_a_csv_that_leads_out_is_missing_and_refused(string image)
    {
        _folder.Write("data/mine/questions.csv", $"image,question,answer\n{image},What?,green\n");
        _folder.Write("data/secret.jpg", "secret");
        _folder.Write("secret.jpg", "secret");
        CancellationToken token = TestContext.Current.CancellationToken;
        var source = new BenchmarkFolder(_folder["data"], Repository.PathOf("benchmarks-data"));

        Benchmark read = await source.ReadAsync(new BenchmarkName("mine"), token);

        Assert.Equal([image], (await source.FindMissingImagesAsync(read, token)).Select(missing => missing.Path));
        await Assert.ThrowsAsync<IOException>(
            async () => await new ImageFolder(_folder["data"]).ReadAsync(read.Definition.Name, read.Definition.ImageFolders, new(image), token));
    }

    private ImageReference NameThatIsThere(Benchmark benchmark) => benchmark.Definition.NamesOf(benchmark.Samples[0].Image)
        .First(name => Directory.EnumerateFiles(_folder.Path, Path.GetFileName(name.Path), SearchOption.AllDirectories).Any());
}
