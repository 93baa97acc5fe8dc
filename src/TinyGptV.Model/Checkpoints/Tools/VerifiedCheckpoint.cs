using System.Collections.Immutable;

namespace TinyGptV.Model.Checkpoints.Tools;

/// <summary>One file of a checkpoint on disk.</summary>
/// <param name="Name">Its name; a Phi-2 file includes the folder's name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its digest in lower-case hexadecimal.</param>
/// <param name="Published">The matching published file; null if none.</param>
public sealed record VerifiedFile(string Name, long Bytes, string Sha256, PublishedFile? Published);

/// <summary>The result of verifying a checkpoint.</summary>
/// <param name="Path">What was verified.</param>
/// <param name="Files">Every file that affects results.</param>
/// <param name="Tensors">Number of tensors that were read and are finite.</param>
/// <param name="Problems">All problems; empty if the checkpoint is sound.</param>
public sealed record VerifiedCheckpoint(string Path, ImmutableArray<VerifiedFile> Files, int Tensors, ImmutableArray<string> Problems)
{
    /// <summary>Whether there are no problems.</summary>
    public bool IsSound => Problems.IsEmpty;
}
