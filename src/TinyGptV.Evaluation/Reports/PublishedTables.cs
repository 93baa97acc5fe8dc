using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Reports;

/// <summary>
/// Published results for the benchmarks, row by row. A letter after a number refers to the <see cref="Remarks"/>: some cells are uncertain, some averages are
/// not means, and the Hateful Memes column mixes two metrics.
/// </summary>
internal static class PublishedTables
{
    /// <summary>The name in the paper's main table of the model that runs are compared with.</summary>
    public const string PaperModel = "TinyGPT-V (Phi-2)";

    /// <summary>All footnotes, in their order below a table.</summary>
    public static ImmutableArray<PublishedRemark> Remarks { get; } =
    [
        new('ᵃ', "uncertain column: the table was read from extracted text, in which empty cells shift"),
        new('ᵇ', "as printed; it is not the mean of the row's printed cells"),
        new('ᶜ', "ROC-AUC, where the MiniGPT family reports accuracy"),
        new('ᵈ', "from secondary sources, not from the paper itself"),
        new('ᵉ', "the first version of the paper prints 30.3"),
        new('ᶠ', "sources disagree on which of the two rows is the chat model"),
        new('ᵍ', "from the first version of the paper; the row above is from the last"),
    ];

    /// <summary>The main table of the TinyGPT-V paper; reports follow its layout.</summary>
    public static PublishedTable Main { get; } = new(
        "TinyGPT-V, arXiv 2312.16862 v3, main table",
        [Column("gqa", "GQA"), Column("vsr", "VSR"), Column("iconqa", "IconVQ"), Column("vizwiz", "VizWiz"), Column("hm", "HM")],
        [
            Row("Flamingo", "9B", "- 31.8 - 28.8 57.0ᶜ", "39.20"),
            Row("IDEFICS", "7B", "38.4ᵃ - - 35.5ᵃ -", "37.05ᵇ"),
            Row("IDEFICS", "65B", "45.2ᵃ - - 36.0ᵃ -", "39.60ᵇ"),
            Row("BLIP-2", "13B", "41.0 50.9 40.6 19.6 53.7", "41.16"),
            Row("LLaVA", "13B", "41.3 51.2 43.0 - -", "45.17"),
            Row("InstructBLIP", "13B", "49.5 52.1 44.8 33.4 57.5ᶜ", "47.45"),
            Row("MiniGPT-4", "13B", "- - 35.9ᵃ - -", "35.90"),
            Row("BLIVA", "7B", "- - 44.8 31.4 55.6", "41.15ᵇ"),
            Row("LLaVA-Phi", "2.8B", "- - 54.1ᵃ 37.6 -", "43.15ᵇ"),
            Row("MoE-LLaVA", "1.8B x 4", "61.5 - - 32.6 -", "47.50ᵇ"),
            Row(PaperModel, "2.8B", "38.9 54.7 44.7 37.8 54.0", "46.02"),
            Row("TinyGPT-V (Phi-1.5)", "1.3B", "34.3 35.8 37.2 28.4 50.3", "37.20"),
            Row("TinyGPT-V, first version", "2.8B", "33.6ᵈ 53.2ᵈ 43.3ᵈ 24.8ᵈ 53.2ᵈ", "-"),
            Row("MiniGPT-4, first version", "13B", "30.8ᵈ 41.6ᵈ 37.6ᵈ - -", "-"),
        ],
        HasAverages: true);

    /// <summary>The same benchmarks in the MiniGPT-v2 paper, whose scripts TinyGPT-V's are based on.</summary>
    public static PublishedTable MiniGptV2 { get; } = new(
        "MiniGPT-v2, arXiv 2310.09478",
        [Column("okvqa", "OK-VQA"), Column("gqa", "GQA"), Column("vsr", "VSR"), Column("iconqa", "IconVQA"), Column("vizwiz", "VizWiz"), Column("hm", "HM")],
        [
            Row("Flamingo", "9B", "44.7 - 31.8 - 28.8 57.0ᶜ"),
            Row("BLIP-2", "13B", "45.9 41.0 50.9 40.6 19.6 53.7"),
            Row("InstructBLIP", "13B", "- 49.5 52.1 44.8 33.4 57.5ᶜ"),
            Row("MiniGPT-4", "13B", "37.5 30.8 41.6 37.6 - -"),
            Row("LLaVA", "13B", "54.4 41.3 51.2 43.0 - -"),
            Row("Shikra", "13B", "47.2 - - - - -"),
            Row("MiniGPT-v2", "7B", "56.9 60.3 60.6 47.7 32.9ᵉ 58.2"),
            Row("MiniGPT-v2-chat", "7B", "57.8ᵈ 60.1ᵈ 62.9ᵈ 51.5ᵈ 53.6ᵈ 58.8ᵈ"),
            Row("MiniGPT-v2-chat", "7B", "55.9ᵍ 58.8ᵍ 63.3ᵍ 49.4ᵍ 42.4ᵍ 59.5ᵍ"),
        ],
        HasAverages: false);

    /// <summary>Referring expressions: the share of boxes with enough overlap.</summary>
    public static PublishedTable ReferringExpressions { get; } = new(
        "Referring expressions, arXiv 2310.09478 and the TinyGPT-V authors' result file",
        [
            Column("refcoco-val", "RefCOCO val"), Column("refcoco-testa", "testA"), Column("refcoco-testb", "testB"),
            Column("refcoco-plus-val", "RefCOCO+ val"), Column("refcoco-plus-testa", "testA"), Column("refcoco-plus-testb", "testB"),
            Column("refcocog-val", "RefCOCOg val"), Column("refcocog-test", "test"),
        ],
        [
            Row("Shikra", "7B", "87.01 90.61 80.24 81.60 87.36 72.12 82.27 82.19"),
            Row("Shikra", "13B", "87.83 91.11 81.81 82.89 87.79 74.41 82.64 83.16"),
            Row("MiniGPT-v2", "7B", "88.06ᶠ 91.29ᶠ 84.30ᶠ 79.58ᶠ 85.52ᶠ 73.32ᶠ 84.19ᶠ 84.31ᶠ"),
            Row("MiniGPT-v2-chat", "7B", "88.69ᶠ 91.65ᶠ 85.33ᶠ 79.97ᶠ 85.12ᶠ 74.45ᶠ 84.44ᶠ 84.66ᶠ"),
            Row(PaperModel, "2.8B", "6.03 6.75 5.36 - - - - -"),
        ],
        HasAverages: false);

    /// <summary>All tables, the main table first.</summary>
    public static ImmutableArray<PublishedTable> All { get; } = [Main, MiniGptV2, ReferringExpressions];

    /// <summary>The row of the main table that runs are compared with.</summary>
    public static PublishedRow PaperRow { get; } = Main.Rows.Single(row => row.Model == PaperModel);

    /// <summary>The footnotes used in a table, in order of their marks.</summary>
    public static ImmutableArray<PublishedRemark> RemarksOf(PublishedTable table)
    {
        IEnumerable<PublishedNumber?> numbers = table.Rows.SelectMany(row => row.Cells.Append(row.Average));
        return [.. Remarks.Intersect(numbers.Select(number => number?.Remark).OfType<PublishedRemark>())];
    }

    private static PublishedColumn Column(string benchmark, string title) => new(new BenchmarkName(benchmark), title);

    private static PublishedRow Row(string model, string size, string cells, string average = "-") =>
        new(model, size, [.. cells.Split(' ').Select(Number)], Number(average));

    private static PublishedNumber? Number(string text)
    {
        if (text == ReportNumber.NotAvailable)
            return null;
        PublishedRemark? remark = Remarks.SingleOrDefault(remark => remark.Mark == text[^1]);
        return new PublishedNumber(remark is null ? text : text[..^1], remark);
    }
}
