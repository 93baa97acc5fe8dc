namespace TinyGptV.Model.Checkpoints.Tools;

/// <summary>A published file, identified by size and digest.</summary>
/// <param name="Name">Its published name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its digest in lower-case hexadecimal.</param>
/// <param name="Description">What it is.</param>
/// <param name="IsUsable">False if it was published by mistake.</param>
public sealed record PublishedFile(string Name, long Bytes, string Sha256, string Description, bool IsUsable = true)
{
    /// <summary>All published files: Hugging Face, Tyrannosaurus/TinyGPT-V.</summary>
    public static IReadOnlyList<PublishedFile> All { get; } =
    [
        new("TinyGPT-V_for_Stage1.pth", 165_963_356, "15dead9d74257d3b718ef10948b209a0f4a8787047991b15d40ed5c17050e9da", "stage 1, without LoRA"),
        new("TinyGPT-V_for_Stage2.pth", 543_639_991, "a0239c9531f3ccffd3a6a1a1a28cb73be2474398cfc1d6a3ee40290df643a437", "stage 2"),
        new("TinyGPT-V_for_Stage3.pth", 543_640_119, "a7b70bb29a827792ed2f17655ec5bba2f964e7a08fb718edb914004edc2fd5c8", "stage 3"),
        new("TinyGPT-V_for_Stage4.pth", 543_654_414, "c74973388674f881e57a150de2e69241b5fd9c6b2c52c14536906803abe6d409",
            "stage 4 of 19 January 2024 (commit 558d3ad)"),
        new("TinyGPT-V_for_Stage4.pth", 1_805_910_138, "2e6da66676da74a47bce0329ddfedd1f37306c45c0053d6e69376e55c2027d0d",
            "the first stage 4, of 28 December 2023 (commit 5444543), Q-Former trained"),
        new("TinyGPT-V_for_Stage4.pth", 23_711_618, "0e1dac684e81b9dbfe1854240f529516711e4cd65e71977acf010a8b78891f61",
            "the truncated upload of stage 4 of 19 January 2024 (commit 26f31ac)", IsUsable: false),
    ];
}
