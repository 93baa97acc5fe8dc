using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv checkpoint inspect</c>.</summary>
internal sealed record CheckpointInspectionOptions(string Path, bool ListTensors, OutputFormat Format);

/// <summary>Shows what checkpoint files contain, from their headers alone.</summary>
/// <param name="environment">Where the description goes.</param>
internal sealed class CheckpointInspection(ProgramEnvironment environment)
{
    private static readonly string[] Extensions = [".safetensors", ".pth", ".pt", ".bin"];

    public async Task<int> WriteAsync(CheckpointInspectionOptions options, CancellationToken cancellationToken)
    {
        var summaries = ImmutableArray.CreateBuilder<CheckpointSummary>();
        foreach (Func<ICheckpointFile> open in PartsOf(options.Path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using ICheckpointFile file = open();
            summaries.Add(CheckpointSummary.Of(file));
        }

        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(summaries.ToImmutable(), environment.Output);
        else
            foreach (CheckpointSummary summary in summaries)
                await DescribeAsync(summary, options.ListTensors);
        return ExitCode.Success;
    }

    private static IEnumerable<Func<ICheckpointFile>> PartsOf(string path)
    {
        if (!Directory.Exists(path))
            return [() => CheckpointFile.Open(path)];
        if (ConvertedFolder.IsAt(path))
            return [() => ConvertedFolder.Open(path)];
        if (Phi2Folder.IsAt(path))
            return [() => Phi2Folder.Open(path)];

        string[] folders = [.. Directory.EnumerateDirectories(path).Where(Phi2Folder.IsAt).Order(StringComparer.Ordinal)];
        string[] files = [.. Directory.EnumerateFiles(path)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return folders.Length + files.Length > 0
            ?
            [
                .. folders.Select(folder => (Func<ICheckpointFile>)(() => Phi2Folder.Open(folder))),
                .. files.Select(file => (Func<ICheckpointFile>)(() => CheckpointFile.Open(file))),
            ]
            : throw new PrerequisiteException(
                $"'{path}' contains no checkpoint. Expected {string.Join(", ", Extensions)} files or a phi-2 folder; pass the path of one.");
    }

    private async Task DescribeAsync(CheckpointSummary summary, bool listTensors)
    {
        await environment.Output.WriteLineAsync(summary.Path);
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  {(summary.Kind == CheckpointFileKind.Safetensors ? "safetensors" : "PyTorch")}, {summary.Tensors.Length:N0} tensors, "
            + $"{summary.Parameters:N0} parameters, types: {string.Join(", ", summary.Types.Select(type => $"{type.Key} {type.Value}"))}"));
        if (summary.Metadata is { } metadata)
            await environment.Output.WriteLineAsync($"  metadata: {metadata.ToJsonString()}");

        await environment.Output.WriteLineAsync();
        await TableOf(summary, listTensors).WriteToAsync(environment.Output);
        await environment.Output.WriteLineAsync();
    }

    private static TextTable TableOf(CheckpointSummary summary, bool listTensors)
    {
        var table = listTensors ? new TextTable("tensor", "type", "shape") : new TextTable("name prefix", ">tensors", ">parameters");
        if (listTensors)
            foreach (TensorSummary tensor in summary.Tensors)
                table.Add(tensor.Name, tensor.Type, $"[{string.Join(", ", tensor.Shape)}]");
        else
            foreach (PrefixSummary prefix in summary.Prefixes)
                table.Add(prefix.Prefix, Number(prefix.Tensors), Number(prefix.Parameters));
        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
