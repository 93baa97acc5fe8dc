using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Tests.SecondSet;

/// <summary>Writes the files of one part of a golden set, then the manifest.</summary>
internal sealed class SetWriter(string root, string part)
{
    private readonly JsonObject _files = [];

    public void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content);
        List(name);
    }

    public void Write(string name, JsonNode content) => Write(name, Encoding.UTF8.GetBytes(content.ToJsonString()));

    /// <summary>Writes a safetensors file; every tensor keeps its type.</summary>
    public void Write(string name, IReadOnlyDictionary<string, torch.Tensor> tensors)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        PendingTensor[] pending = [.. tensors.Select(tensor => new PendingTensor(
            new TensorHeader(tensor.Key, tensor.Value.dtype, ImmutableArray.Create(tensor.Value.shape)), tensor.Value.alias))];
        SafetensorsWriter.Write(PathOf(name), pending, ImmutableDictionary<string, string>.Empty, CancellationToken.None);
        List(name);
    }

    /// <summary>Copies a file of the first set.</summary>
    public void Copy(string goldenPath, string name) => Write(name, File.ReadAllBytes(Golden.PathOf(goldenPath)));

    /// <summary>Copies the files whose names the layout fixes.</summary>
    public void CopyJson()
    {
        foreach (string name in GoldenFiles.Listed(part).Where(name => !name.Contains('/') && name.EndsWith(".json", StringComparison.Ordinal)))
            Copy($"{part}/{name}", name);
    }

    public void WriteManifest() => File.WriteAllText(PathOf("manifest.json"), new JsonObject { ["files"] = _files }.ToJsonString());

    private string PathOf(string name) => Path.Combine(root, part, name);

    private void List(string name)
    {
        byte[] content = File.ReadAllBytes(PathOf(name));
        _files[name] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)), ["bytes"] = content.Length };
    }
}
