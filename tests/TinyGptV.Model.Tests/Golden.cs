using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Tests;

/// <summary>
/// The golden set, computed by the original: the folder in the environment variable TINYGPTV_GOLDEN, or tests/golden of this checkout.
/// Names, sizes and expectations come from its files, so any set with the same layout works.
/// </summary>
internal static class Golden
{
    /// <summary>The environment variable with the folder of another set.</summary>
    public const string Variable = "TINYGPTV_GOLDEN";

    /// <summary>The folder of the solution.</summary>
    public static string Checkout { get; } = FindCheckout();

    public static string Folder { get; } = OtherSet is { } folder ? Path.GetFullPath(folder) : Path.Combine(Checkout, "tests", "golden");

    /// <summary>Whether another set than this checkout's is used.</summary>
    public static bool IsOtherSet => OtherSet is not null;

    private static string? OtherSet => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    public static string PathOf(string relativePath) => Path.Combine(Folder, relativePath);

    /// <summary>Opens a .safetensors, .pth or .bin file of the golden folder; the caller disposes it.</summary>
    public static ICheckpointFile Open(string relativePath)
    {
        // Torch's thread count is per thread. Set it here, because a test that opens golden tensors also computes with them.
        torch.set_num_threads(1);
        return CheckpointFile.Open(PathOf(relativePath));
    }

    /// <summary>Reads one tensor of a golden file; the caller disposes it.</summary>
    public static torch.Tensor Read(string relativePath, string name)
    {
        using ICheckpointFile file = Open(relativePath);
        return file.Read(name);
    }

    /// <summary>Reads all tensors of a golden file into the caller's dispose scope.</summary>
    public static IReadOnlyDictionary<string, torch.Tensor> Tensors(string relativePath)
    {
        using ICheckpointFile file = Open(relativePath);
        return file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }

    public static string Text(string relativePath) => File.ReadAllText(PathOf(relativePath));

    public static JsonNode Json(string relativePath) => JsonNode.Parse(Text(relativePath))!;

    /// <summary>Largest absolute error, divided by the largest absolute golden value.</summary>
    public static double RelativeError(torch.Tensor expected, torch.Tensor actual)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor golden = expected.to_type(torch.ScalarType.Float64), ours = actual.to_type(torch.ScalarType.Float64);
        if (golden.NumberOfElements == 0)
            return 0;
        double largest = golden.abs().max().item<double>(), error = (golden - ours).abs().max().item<double>();
        return error == 0 ? 0 : error / largest;
    }

    /// <summary>Fails unless shapes are equal and no value is off by more than <paramref name="tolerance"/> times the largest golden value.</summary>
    public static void AssertClose(torch.Tensor expected, torch.Tensor actual, double tolerance, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        double error = RelativeError(expected, actual);
        Assert.True(error <= tolerance, $"{what}: relative error {error:E2}, {tolerance:E2} allowed."); // NaN fails too
    }

    /// <summary>The stored logits of some rows of a sequence that may be padded, or of the last row if the set stores only that.</summary>
    public static torch.Tensor LogitRows(torch.Tensor stored, int start, int count)
    {
        torch.Tensor rows = stored.reshape(-1, stored.shape[^1]); // [rows, tokens]; a single row may be stored as [tokens]
        return rows.shape[0] == 1 ? rows : rows.narrow(0, start, count);
    }

    /// <summary>Compares the logits of all rows, or of the last one if the set stores only that, with the original's.</summary>
    public static void AssertLogits(torch.Tensor stored, torch.Tensor actual, double tolerance, string what)
    {
        torch.Tensor rows = stored.reshape(-1, stored.shape[^1]);
        AssertClose(rows, rows.shape[0] == 1 ? actual.narrow(0, actual.shape[0] - 1, 1) : actual, tolerance, what);
    }

    private static string FindCheckout()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "TinyGptV.Cluster.sln")))
                return folder;
        throw new InvalidOperationException($"TinyGptV.Cluster.sln is in no folder above {AppContext.BaseDirectory}. Set {Variable}.");
    }
}
