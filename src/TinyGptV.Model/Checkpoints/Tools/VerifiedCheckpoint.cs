using System.Collections.Immutable;

namespace TinyGptV.Model.Checkpoints.Tools;

/// <summary>One file of a checkpoint as it lies on disk.</summary>
/// <param name="Name">Its name; a Phi-2 file's with its folder's name in front.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its digest in lower-case hexadecimal.</param>
/// <param name="Published">The published file that it is, or null.</param>
public sealed record VerifiedFile(string Name, long Bytes, string Sha256, PublishedFile? Published);

/// <summary>What verifying a checkpoint has shown.</summary>
/// <param name="Path">What was verified.</param>
/// <param name="Files">Every file that decides a result.</param>
/// <param name="Tensors">How many tensors were read and are finite.</param>
/// <param name="Problems">Everything that is wrong; nothing if the checkpoint is sound.</param>
public sealed record VerifiedCheckpoint(string Path, ImmutableArray<VerifiedFile> Files, int Tensors, ImmutableArray<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsSound => Problems.IsEmpty;
}
