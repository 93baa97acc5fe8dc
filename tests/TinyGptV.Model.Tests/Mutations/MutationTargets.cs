using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Tests.Checkpoints;
using TinyGptV.Model.Tokenization;
using TinyGptV.Model.Vision;
using TorchSharp;

namespace TinyGptV.Model.Tests.Mutations;

/// <summary>Every kind of file that users supply, each as small as possible.</summary>
internal static class MutationTargets
{
    private const int MostImages = 11;

    private static IEnumerable<string> TokenizerFiles =>
        new[] { "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json", "tokenizer_config.json" }
            .Where(name => File.Exists(Path.Combine(GoldenModel.TokenizerFolder, name)));

    /// <summary>The smallest of the set's images: in a large one, most damage would only hit pixels.</summary>
    private static IEnumerable<string> Images => Golden.Json("preprocess/index.json")["images"]!.AsObject().Select(image => image.Key)
        .OrderBy(name => new FileInfo(Golden.PathOf($"preprocess/images/{name}")).Length).Take(MostImages);

    public static IEnumerable<MutationTarget> All() =>
    [
        Safetensors(), TorchZip(), TorchZipInZip64(), TrainingCheckpoint(),
        .. Shards(), .. PhiFolder(), .. Converted(), .. Configurations(), .. TokenizerFiles.Select(Tokenizer), TokenizerInOneFile(), .. Images.Select(Image),
    ];

    private static MutationTarget Safetensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        byte[] file = SafetensorsBytes.Of(
            [new("a.weight", torch.ones(2, 3)), new("a.bias", torch.zeros(3)), new("scalar", torch.tensor(1f)), new("empty", torch.empty(0, 4))]);
        return new MutationTarget("safetensors", 20, file, ReadCheckpoint) { Focus = ..(8 + (int)BitConverter.ToInt64(file)) };
    }

    private static MutationTarget TorchZip()
    {
        string path = Golden.PathOf(GoldenFiles.PhiAdapters.First());
        return new MutationTarget("pth", 12, File.ReadAllBytes(path), ReadCheckpoint) { Focus = PickleOf(path) };
    }

    private static MutationTarget TorchZipInZip64() => new(
        "pth with ZIP64", 16,
        StoredZip.Of(true, ("archive/data.pkl", PickleBytes.OneTensor()), ("archive/version", "3\n"u8.ToArray()), ("archive/data/0", new byte[8])),
        ReadCheckpoint);

    private static MutationTarget TrainingCheckpoint()
    {
        byte[] pickle = new PickleBytes().Op("}(").Text("model").Op("}").Text("w").Tensor("HalfStorage", "0", 6, 0, [2, 3], [3, 1]).Op("s")
            .Text("config").Op("}").Text("model").Op("}").Text("image_size").Integer(448).Op("ss").Text("epoch").Integer(3).Op("u").End();
        return new MutationTarget("training checkpoint", 16, StoredZip.Of(false, ("a/data.pkl", pickle), ("a/data/0", new byte[12])), ReadCheckpoint);
    }

    private static IEnumerable<MutationTarget> Shards()
    {
        foreach (string folder in GoldenModel.PhiFolders)
        {
            string path = WeightFiles.Find(GoldenModel.PathsWith(folder).PhiFolder)[^1], shard = Path.GetFileName(path);
            Range focus = shard.EndsWith(".bin", StringComparison.Ordinal) ? PickleOf(path) : ..(8 + (int)BitConverter.ToInt64(File.ReadAllBytes(path)));
            yield return new MutationTarget($"{folder}/{shard}", 4, File.ReadAllBytes(path), ReadPhi(folder, shard)) { Focus = focus };
        }
    }

    private static IEnumerable<MutationTarget> PhiFolder() =>
        from folder in GoldenModel.PhiFolders
        from name in Directory.EnumerateFiles(GoldenModel.PathsWith(folder).PhiFolder).Select(Path.GetFileName)
        where name.EndsWith(".index.json", StringComparison.Ordinal) || (name == "config.json" && folder == GoldenModel.PhiFolders[0])
        orderby name == "config.json", folder
        let path = $"{folder}/{name}"
        select new MutationTarget(path, 6, File.ReadAllBytes(Golden.PathOf($"e2e/{path}")), ReadPhi(folder, name));

    /// <summary>A converted folder with two tensors.</summary>
    private static IEnumerable<MutationTarget> Converted()
    {
        const string index = """{"metadata":{"total_size":12},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}""";
        byte[] shard = ConvertedShard("b", 2);
        yield return new MutationTarget("converted/index", 8, Encoding.UTF8.GetBytes(index), ReadConverted("model.safetensors.index.json", index));
        yield return new MutationTarget("converted/shard", 8, shard, ReadConverted("model-00002-of-00002.safetensors", index)) { Focus = ..^8 };
    }

    /// <summary>Stops before memory would be allocated for the model.</summary>
    private static IEnumerable<MutationTarget> Configurations()
    {
        var sizes = new JsonObject { ["image_size"] = 2 * GoldenModel.PatchSize };
        foreach (string part in new[] { "patch_size", "eva", "qformer", "llama_proj_mid", "lora" })
            sizes[part] = GoldenModel.Config[part]!.DeepClone();
        yield return new MutationTarget("config.json", 2, Encoding.UTF8.GetBytes(sizes.ToJsonString()), ReadModel("config.json"));
        byte[] phi = File.ReadAllBytes(Path.Combine(GoldenModel.Paths.PhiFolder, "config.json"));
        yield return new MutationTarget("phi-2/config.json of a model", 2, phi, ReadModel("phi-2/config.json"));
    }

    private static MutationTarget Tokenizer(string name)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(GoldenModel.TokenizerFolder, name));
        return new MutationTarget($"tokenizer/{name}", 7, file, folder =>
        {
            foreach (string other in TokenizerFiles)
                folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/{other}", other);
            return mutated => ReadTokenizer(folder, name, mutated);
        });
    }

    private static MutationTarget TokenizerInOneFile()
    {
        IEnumerable<string> merges = File.ReadAllLines(Path.Combine(GoldenModel.TokenizerFolder, "merges.txt")).Skip(1).Where(line => line.Length > 0);
        JsonNode vocabulary = Golden.Json($"e2e/{GoldenModel.PhiFolders[0]}/vocab.json");
        var file = new JsonObject
        {
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = (int)vocabulary["<|endoftext|>"]!, ["content"] = "<|endoftext|>", ["special"] = true }),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(line => (JsonNode)line)]),
            },
        };
        return new MutationTarget("tokenizer.json", 7, Encoding.UTF8.GetBytes(file.ToJsonString()),
            folder => mutated => ReadTokenizer(folder, "tokenizer.json", mutated));
    }

    private static MutationTarget Image(string name)
    {
        byte[] file = File.ReadAllBytes(Golden.PathOf($"preprocess/images/{name}"));
        var transform = new ImageTransform(28);
        return new MutationTarget($"image {name}", 5, file, _ => mutated => Assert.True(transform.Apply(mutated).All(float.IsFinite)))
        {
            Repair = name.EndsWith(".png", StringComparison.Ordinal) ? PngChecksums.Repair : null,
            MostAllocated = 8 * ImageTransform.MostPixels, // four bytes per pixel, and as much again for resizing
        };
    }

    private static Action<byte[]> ReadCheckpoint(CheckpointFolder folder) => mutated =>
    {
        using ICheckpointFile file = CheckpointFile.Open(folder.Write("mutated", mutated));
        ReadEverything(file, mutated.Length);
    };

    private static Func<CheckpointFolder, Action<byte[]>> ReadPhi(string golden, string name) => folder =>
    {
        foreach (string path in Directory.EnumerateFiles(Golden.PathOf($"e2e/{golden}")))
            folder.Copy($"e2e/{golden}/{Path.GetFileName(path)}", Path.GetFileName(path));
        long size = Directory.EnumerateFiles(folder.Root).Sum(path => new FileInfo(path).Length);
        return mutated =>
        {
            folder.Write(name, mutated);
            using Phi2Folder phi = Phi2Folder.Open(folder.Root);
            ReadEverything(phi, size + mutated.Length); // no tensor is larger than its file
        };
    };

    private static Func<CheckpointFolder, Action<byte[]>> ReadModel(string name) => folder =>
    {
        foreach (string path in new[] { GoldenFiles.Eva, GoldenFiles.Blip2, GoldenFiles.Stage, "e2e/config.json" })
            folder.Copy(path, Path.GetFileName(path));
        foreach (string path in Directory.EnumerateFiles(GoldenModel.Paths.PhiFolder))
            folder.Write($"phi-2/{Path.GetFileName(path)}", File.ReadAllBytes(path));
        return mutated =>
        {
            folder.Write(name, mutated);
            using CheckpointSet files = CheckpointSet.Open(CheckpointPaths.Find(folder.Root));
            files.PlanFor(ModelBlueprint.Of(files, new ModelSettings()).Shapes).Report().ThrowIfIncomplete();
        };
    };

    private static Func<CheckpointFolder, Action<byte[]>> ReadConverted(string name, string index) => folder =>
    {
        folder.Write("model.safetensors.index.json", Encoding.UTF8.GetBytes(index));
        folder.Write("model-00001-of-00002.safetensors", ConvertedShard("a", 1));
        folder.Write("model-00002-of-00002.safetensors", ConvertedShard("b", 2));
        return mutated =>
        {
            folder.Write(name, mutated);
            using ConvertedFolder converted = ConvertedFolder.Open(folder.Root);
            ReadEverything(converted, 1 << 10);
        };
    };

    private static byte[] ConvertedShard(string tensor, int elements) => SafetensorsBytes.Of(
        $$$"""{"__metadata__":{"tinygptv_layout":"1"},"{{{tensor}}}":{"dtype":"F32","shape":[{{{elements}}}],"data_offsets":[0,{{{4 * elements}}}]}}""",
        new byte[4 * elements]);

    private static void ReadTokenizer(CheckpointFolder folder, string name, byte[] mutated)
    {
        folder.Write(name, mutated);
        PhiTokenizer tokenizer = PhiTokenizer.Open(folder.Root);
        tokenizer.Decode(tokenizer.Encode("###Human: <Img> is it  red?\u00E9"), skipSpecialTokens: true);
    }

    private static void ReadEverything(ICheckpointFile file, long mostBytes)
    {
        foreach (string name in file.Tensors.Keys)
        {
            using torch.Tensor tensor = file.Read(name);
            Assert.True(tensor.NumberOfElements * tensor.ElementSize <= mostBytes, name);
        }
    }

    private static Range PickleOf(string path)
    {
        using MappedFile file = MappedFile.Open(path);
        ZipEntry pickle = ZipDirectory.Read(file).Single(entry => entry.Key.EndsWith("data.pkl", StringComparison.Ordinal)).Value;
        return (int)pickle.Offset..(int)(pickle.Offset + pickle.Length);
    }
}
