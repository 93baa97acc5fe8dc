using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>
/// A torch.save file since PyTorch 1.6: a zip archive with a pickled directory (<c>data.pkl</c>) and one uncompressed entry per storage.
/// The directory is the state dictionary, or contains it under <c>model</c>, as in training checkpoints.
/// </summary>
public sealed class TorchZipFile : ICheckpointFile
{
    /// <summary>The largest real directory is smaller than one MiB.</summary>
    private const int LongestDirectory = 16 << 20;

    private readonly MappedFile _file;
    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly string _root;
    private readonly Dictionary<string, TensorHeader> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchView> _views = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sound = new(StringComparer.Ordinal);

    private TorchZipFile(MappedFile file)
    {
        _file = file;
        _entries = ZipDirectory.Read(file);
        _root = FindRoot();
        if (_entries.ContainsKey(_root + "byteorder") && !EntryBytes("byteorder", 16).SequenceEqual("little"u8))
            throw new CheckpointException($"{Path}: saved on a big-endian machine, which is not supported. Save it again on a little-endian one.");
        Accept(ReadDirectory());
    }

    /// <inheritdoc />
    public string Path => _file.Path;

    /// <inheritdoc />
    public CheckpointFileKind Kind => CheckpointFileKind.TorchZip;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TensorHeader> Tensors => _tensors;

    /// <inheritdoc />
    public JsonNode? Metadata { get; private set; }

    /// <summary>Opens a file and reads its directory. Nothing in the file is run; a pickle that asks for anything but tensors is rejected by name.</summary>
    /// <exception cref="CheckpointException">The file is damaged or not a checkpoint.</exception>
    public static TorchZipFile Open(string path) => Open(MappedFile.Open(path));

    /// <inheritdoc />
    public torch.Tensor Read(string name)
    {
        if (!_views.TryGetValue(name, out TorchView? view))
            throw new CheckpointException($"{Path}: no tensor {name}.");
        long offset = SoundEntry(StorageEntry(view.Storage)).Offset + view.Offset * view.Storage.Type.SizeInBytes();
        if (view.IsContiguous)
            return _file.ReadTensor(offset, view.Storage.Type, view.Shape.AsSpan());

        using torch.Tensor touched = _file.ReadTensor(offset, view.Storage.Type, [view.Reach]);
        using torch.Tensor strided = touched.as_strided(view.Shape.AsSpan().ToArray(), view.Strides.AsSpan().ToArray());
        return strided.contiguous();
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    internal static TorchZipFile Open(MappedFile file)
    {
        try
        {
            return new TorchZipFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The archive's only folder, with a trailing slash. It is named after the file at the time of saving.</summary>
    private string FindRoot()
    {
        string[] roots = [.. _entries.Keys
            .Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)).Select(name => name[..^"data.pkl".Length])];
        if (roots.Length != 1)
            throw new CheckpointException($"{Path}: is a zip archive, but not from torch.save: expected one data.pkl, found {roots.Length}.");
        if (_entries.ContainsKey(roots[0] + "constants.pkl"))
            throw new CheckpointException($"{Path}: is a TorchScript program; expected a checkpoint.");
        return roots[0];
    }

    private ReadOnlySpan<byte> EntryBytes(string name, int atMost)
    {
        long length = _entries[_root + name].Length;
        return length <= atMost
            ? _file.Bytes(SoundEntry(_root + name).Offset, (int)length)
            : throw new CheckpointException($"{Path}: {name} has {length} bytes, more than the limit of {atMost}.");
    }

    /// <summary>An entry whose bytes are those that were saved. Each is checked once, when it is first needed.</summary>
    private ZipEntry SoundEntry(string name)
    {
        ZipEntry entry = _entries[name];
        lock (_sound)
            if (_sound.Contains(name))
                return entry;
        if (entry.Crc != 0 && _file.Crc32(entry.Offset, entry.Length) is var found && found != entry.Crc)
            throw new CheckpointException(
                $"{Path}: entry {name} is damaged: expected the CRC-32 {entry.Crc:x8}, found {found:x8}. Download the file again.");
        lock (_sound)
            _sound.Add(name);
        return entry;
    }

    private PickleDictionary ReadDirectory()
    {
        try
        {
            return TorchPickle.Read(EntryBytes("data.pkl", LongestDirectory)) as PickleDictionary
                ?? throw new InvalidDataException("it is not a dictionary");
        }
        catch (InvalidDataException refusal)
        {
            throw new CheckpointException($"{Path}: the pickle is refused: {refusal.Message}.", refusal);
        }
    }

    private void Accept(PickleDictionary top)
    {
        object? model = top.Entries.LastOrDefault(entry => entry.Key is "model").Value;
        PickleDictionary state = model as PickleDictionary ?? top;
        foreach ((object? key, object? value) in state.Entries)
            if (value is TorchView view)
                AcceptTensor(PickleJson.Key(key), view);
        if (_tensors.Count == 0)
            throw new CheckpointException($"{Path}: contains no tensors, neither at the top level nor under 'model'. Found: " +
                $"{string.Join(", ", top.Entries.Take(20).Select(entry => PickleJson.Key(entry.Key)))}.");

        Metadata = Describe(top, state);
    }

    private void AcceptTensor(string name, TorchView view)
    {
        TorchStorage storage = view.Storage;
        if (!_entries.TryGetValue(StorageEntry(storage), out ZipEntry entry) || (Int128)storage.ElementCount * storage.Type.SizeInBytes() != entry.Length)
            throw new CheckpointException($"{Path}: tensor {name} needs {storage.ElementCount} elements of {storage.Type} in entry " +
                $"{StorageEntry(storage)}, which has {entry.Length} bytes.");
        _tensors[name] = new TensorHeader(name, storage.Type, view.Shape);
        _views[name] = view;
    }

    private string StorageEntry(TorchStorage storage) => $"{_root}data/{storage.Key}";

    /// <summary>What a training checkpoint contains besides the model. Skips the optimizer state: three times the model's size, and not needed here.</summary>
    private static JsonObject? Describe(PickleDictionary top, PickleDictionary state)
    {
        var rest = top.Entries.Where(entry => entry.Value is not TorchView && !ReferenceEquals(entry.Value, state) && entry.Key is not "optimizer").ToList();
        return rest.Count == 0 ? null : (JsonObject)new PickleJson().Convert(new PickleDictionary(rest))!;
    }
}
