using System.Collections.Immutable;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Tokenization;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Tools;

/// <summary>
/// Checks whether a checkpoint is usable and reports all problems at once: recognises published files, opens all parts, and checks that every
/// required tensor is there with the right shape and finite values. Reads tensors one by one; the model is never in memory.
/// </summary>
public sealed class CheckpointVerification
{
    private readonly IReadOnlyList<PublishedFile> _published;
    private readonly ImmutableArray<VerifiedFile>.Builder _files = ImmutableArray.CreateBuilder<VerifiedFile>();
    private readonly ImmutableArray<string>.Builder _problems = ImmutableArray.CreateBuilder<string>();
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private int _tensors;

    private CheckpointVerification(IReadOnlyList<PublishedFile> published) => _published = published;

    /// <summary>Verifies a file, a Phi-2 folder, or a folder with all parts of a model.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="settings">The settings that loading would use.</param>
    /// <param name="published">The published files to recognise; null for <see cref="PublishedFile.All"/>.</param>
    /// <param name="cancellationToken">Stops between two tensors or during a digest.</param>
    /// <exception cref="CheckpointException">There is nothing to verify.</exception>
    public static async Task<VerifiedCheckpoint> VerifyAsync(
        string path, ModelSettings settings, IReadOnlyList<PublishedFile>? published, CancellationToken cancellationToken)
    {
        var verification = new CheckpointVerification(published ?? PublishedFile.All);
        if (!Directory.Exists(path))
            await verification.VerifyFileAsync(path, cancellationToken).ConfigureAwait(false);
        else if (Phi2Folder.IsAt(path))
            await verification.VerifyPhiAsync(path, cancellationToken).ConfigureAwait(false);
        else
            await verification.VerifyModelAsync(CheckpointPaths.Find(path), settings, cancellationToken).ConfigureAwait(false);
        return new VerifiedCheckpoint(path, verification._files.ToImmutable(), verification._tensors, verification._problems.ToImmutable());
    }

    private async Task VerifyFileAsync(string path, CancellationToken cancellationToken)
    {
        await DigestAsync(() => [(Path.GetFileName(path), path)], cancellationToken).ConfigureAwait(false);
        Attempt(path, () =>
        {
            using ICheckpointFile file = CheckpointFile.Open(path);
            ReadAll(file, cancellationToken);
        });
    }

    private async Task VerifyPhiAsync(string folder, CancellationToken cancellationToken)
    {
        await DigestAsync(() => DecidingFiles.OfPhi(folder), cancellationToken).ConfigureAwait(false);
        Attempt(folder, () =>
        {
            using Phi2Folder file = Phi2Folder.Open(folder);
            ReadAll(file, cancellationToken);
        });
        Attempt(folder, () => VerifyVocabulary(folder, ConfigFile.ReadPhi(Path.Combine(folder, "config.json"))));
    }

    private async Task VerifyModelAsync(CheckpointPaths paths, ModelSettings settings, CancellationToken cancellationToken)
    {
        await DigestAsync(() => DecidingFiles.OfLanguageModel(paths), cancellationToken).ConfigureAwait(false);
        await DigestAsync(() => DecidingFiles.OfOthers(paths), cancellationToken).ConfigureAwait(false);
        if (paths.Converted is null)
            OpenOneByOne(paths);
        if (_problems.Count == 0)
            Attempt(paths.StageFile, () => VerifySet(paths, settings, cancellationToken));
    }

    /// <summary>Opened as a set, the first broken part would hide problems in the others.</summary>
    private void OpenOneByOne(CheckpointPaths paths)
    {
        Attempt(paths.PhiFolder, () => Phi2Folder.Open(paths.PhiFolder).Dispose());
        foreach (string file in new[] { paths.EvaFile, paths.Blip2File, paths.StageFile })
            Attempt(file, () => CheckpointFile.Open(file).Dispose());
    }

    private void VerifySet(CheckpointPaths paths, ModelSettings settings, CancellationToken cancellationToken)
    {
        using CheckpointSet set = CheckpointSet.Open(paths);
        ModelBlueprint blueprint = ModelBlueprint.Of(set, settings);
        CheckpointPlan plan = set.PlanFor(blueprint.Shapes);
        Attempt(paths.StageFile, plan.Report().ThrowIfIncomplete);
        Attempt(paths.PhiFolder, () => VerifyVocabulary(paths.PhiFolder, blueprint.Phi));
        Read(plan.Sources.Select(source => (source.Value.File.Path, source.Key, (Func<torch.Tensor>)source.Value.Read)), cancellationToken);
    }

    private static void VerifyVocabulary(string folder, PhiConfig phi)
    {
        int tokens = PhiTokenizer.Open(folder).VocabularySize;
        if (tokens > phi.VocabSize)
            throw new CheckpointException(
                $"{folder}: the tokenizer has {tokens} tokens, but the model only {phi.VocabSize} rows. Use both from the same model.");
    }

    private void ReadAll(ICheckpointFile file, CancellationToken cancellationToken) =>
        Read(file.Tensors.Keys.Select(name => (file.Path, name, (Func<torch.Tensor>)(() => file.Read(name)))), cancellationToken);

    private void Read(IEnumerable<(string File, string Name, Func<torch.Tensor> Read)> tensors, CancellationToken cancellationToken)
    {
        var nonFinite = new List<(string File, string Name)>();
        foreach ((string file, string name, Func<torch.Tensor> read) in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using torch.Tensor tensor = read();
            if (FiniteValues.Fill(tensor))
                _tensors++;
            else
                nonFinite.Add((file, name));
        }

        foreach (var file in nonFinite.GroupBy(tensor => tensor.File))
            _problems.Add($"{file.Key}: {file.Count()} tensors contain NaN or infinity: " +
                $"{string.Join(", ", TensorNames.Group(file.Select(tensor => tensor.Name)).Take(40))}. " +
                "Training diverged or the file is damaged; use another file.");
    }

    private async Task DigestAsync(Func<IEnumerable<(string Name, string Path)>> find, CancellationToken cancellationToken)
    {
        (string Name, string Path)[] files = [];
        Attempt("", () => files = [.. find().Where(file => File.Exists(file.Path))]);
        foreach ((string name, string path) in files)
        {
            VerifiedFile file = await RecogniseAsync(name, path, cancellationToken).ConfigureAwait(false);
            _files.Add(file);
            if (file.Published is not { IsUsable: false } mistake)
                continue;
            _refused.Add(path);
            _problems.Add($"{path}: is {mistake.Description}, which is not usable. Download {mistake.Name} again from its publisher.");
        }
    }

    private async Task<VerifiedFile> RecogniseAsync(string name, string path, CancellationToken cancellationToken)
    {
        long bytes = SizeOf(path);
        string digest = await DecidingFiles.DigestAsync(path, cancellationToken).ConfigureAwait(false);
        return new VerifiedFile(name, bytes, digest, _published.FirstOrDefault(file => file.Bytes == bytes && file.Sha256 == digest));
    }

    /// <summary>The size of the content, also behind symbolic links, as in the caches of Hugging Face and of object storage.</summary>
    private static long SizeOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return file.Length;
    }

    /// <summary>Collects the problem for the final report. Skips a file already rejected by its digest.</summary>
    private void Attempt(string path, Action verify)
    {
        if (_refused.Contains(path))
            return;
        try
        {
            verify();
        }
        catch (Exception failure) when (failure is CheckpointException or InvalidDataException)
        {
            if (!_problems.Contains(failure.Message))
                _problems.Add(failure.Message);
        }
    }
}
