using System.Collections.Immutable;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>The open files of one model.</summary>
public sealed class CheckpointSet : IDisposable
{
    private readonly List<(CheckpointRole Role, ICheckpointFile File)> _files = [];

    private CheckpointSet(CheckpointPaths paths) => Paths = paths;

    /// <summary>The paths of the files.</summary>
    public CheckpointPaths Paths { get; }

    /// <summary>What the stage file, or the converted folder, says about the model.</summary>
    public StageFacts Stage { get; private set; } = new(0, null, null, null, false);

    /// <summary>What would be loaded: canonical name to header. If two files contain a tensor, the later one wins.</summary>
    public IReadOnlyDictionary<string, TensorHeader> Tensors { get; private set; } = ImmutableDictionary<string, TensorHeader>.Empty;

    /// <summary>Opens all files and reads their headers.</summary>
    /// <exception cref="CheckpointException">A file cannot be used.</exception>
    public static CheckpointSet Open(CheckpointPaths paths)
    {
        var set = new CheckpointSet(paths);
        try
        {
            set.OpenFiles();
            set.Stage = StageFacts.Of(set._files[^1].File);
            set.Tensors = set.CollectHeaders();
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>The open file of one kind; a converted folder has only <see cref="CheckpointRole.Converted"/>.</summary>
    public ICheckpointFile File(CheckpointRole role) => _files.Single(file => file.Role == role).File;

    /// <summary>
    /// Copies every tensor into the model, converted to its element type and device, in the original's order (Phi-2, EVA, BLIP-2, stage).
    /// Resamples the position table if the model has another number of tokens. The biases of the added norms, which are in no published file, become
    /// zero.
    /// </summary>
    /// <param name="parameters">The model's tensors by canonical name; they are overwritten.</param>
    /// <param name="cancellationToken">Stops between two tensors, leaving the model half loaded.</param>
    /// <returns>What was and was not loaded; the caller checks it with <see cref="CheckpointReport.ThrowIfIncomplete"/>.</returns>
    public CheckpointReport LoadInto(IReadOnlyDictionary<string, torch.Tensor> parameters, CancellationToken cancellationToken = default)
    {
        using IDisposable noGradients = torch.no_grad();
        CheckpointPlan plan = PlanFor(parameters.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.shape.ToImmutableArray()));
        foreach ((string name, TensorSource source) in plan.Sources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using torch.Tensor stored = source.Read();
            parameters[name].copy_(stored);
            ThrowIfNotFinite(parameters[name], stored, source);
        }

        foreach (string name in plan.Zeros)
            parameters[name].zero_().Dispose(); // unlike copy_, zero_ returns a second handle
        return plan.Report();
    }

    /// <summary>Looks at the loaded values, which also shows a value that the model's precision cannot hold.</summary>
    private static void ThrowIfNotFinite(torch.Tensor loaded, torch.Tensor stored, TensorSource source)
    {
        if (FiniteValues.Fill(loaded))
            return;
        throw new CheckpointException(FiniteValues.Fill(stored)
            ? $"{source.File.Path}: tensor {source.Header.Name} has values too large for {loaded.dtype}. Choose bfloat16 or float32."
            : $"{source.File.Path}: tensor {source.Header.Name} contains NaN or infinity. Training diverged or the file is damaged; use another file.");
    }

    /// <summary>Decides from headers only where each tensor would be read from.</summary>
    /// <param name="shapes">The model's tensors by canonical name.</param>
    internal CheckpointPlan PlanFor(IReadOnlyDictionary<string, ImmutableArray<long>> shapes)
    {
        var plan = new CheckpointPlan(shapes);
        foreach ((CheckpointRole role, ICheckpointFile file) in _files)
            plan.Add(role, file);
        return plan;
    }

    /// <summary>SHA-256 of everything that affects results: weights, indexes, configuration, tokenizer.</summary>
    /// <returns>Lower-case hexadecimal digests by file name; a Phi-2 file includes the folder's name (<c>phi-2/config.json</c>).</returns>
    public async Task<ImmutableSortedDictionary<string, string>> ComputeDigestsAsync(CancellationToken cancellationToken)
    {
        var digests = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, string path) in DecidingFiles.Of(Paths))
            digests[name] = await DecidingFiles.DigestAsync(path, cancellationToken).ConfigureAwait(false);
        return digests.ToImmutable();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((_, ICheckpointFile file) in _files)
            file.Dispose();
    }

    private void OpenFiles()
    {
        if (Paths.Converted is { } converted)
        {
            _files.Add((CheckpointRole.Converted, ConvertedFolder.Open(converted)));
            return;
        }

        _files.Add((CheckpointRole.Phi, Phi2Folder.Open(Paths.PhiFolder)));
        _files.Add((CheckpointRole.Eva, CheckpointFile.Open(Paths.EvaFile)));
        _files.Add((CheckpointRole.Blip2, CheckpointFile.Open(Paths.Blip2File)));
        _files.Add((CheckpointRole.Stage, CheckpointFile.Open(Paths.StageFile)));
    }

    private Dictionary<string, TensorHeader> CollectHeaders()
    {
        var headers = new Dictionary<string, TensorHeader>(StringComparer.Ordinal);
        foreach ((CheckpointRole role, ICheckpointFile file) in _files)
            foreach (TensorHeader header in file.Tensors.Values)
            {
                string name = CheckpointKeys.Canonical(role, header.Name);
                headers[name] = header with { Name = name };
            }

        return headers;
    }
}
