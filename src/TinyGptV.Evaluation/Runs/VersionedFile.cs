namespace TinyGptV.Evaluation.Runs;

/// <summary>A file beside the predictions that is written on condition: only over the version that its writer has read.</summary>
/// <param name="Content">The content: text in UTF-8.</param>
/// <param name="Version">Changes with every write; means nothing outside its store.</param>
public sealed record VersionedFile(string Content, string Version);
