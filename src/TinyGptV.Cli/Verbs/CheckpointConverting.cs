using System.Globalization;
using TinyGptV.Evaluation;
using TinyGptV.Model;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Checkpoints.Tools;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv checkpoint convert</c>.</summary>
internal sealed record CheckpointConvertingOptions(string Folder, string Output, bool MergeLora, int? ImageSize);

/// <summary>Writes a model's files as one folder.</summary>
/// <param name="environment">Where the result is printed.</param>
internal sealed class CheckpointConverting(ProgramEnvironment environment)
{
    public async Task<int> WriteAsync(CheckpointConvertingOptions options, CancellationToken cancellationToken)
    {
        ConvertedCheckpoint converted = await Task.Run(() => Convert(options, cancellationToken), cancellationToken);
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{converted.Tensors:N0} tensors ({converted.Bytes / 1e6:N1} MB) written to {converted.Folder}. "
            + $"Use them with: tinygptv eval --model {converted.Folder}"));
        return ExitCode.Success;
    }

    private static ConvertedCheckpoint Convert(CheckpointConvertingOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using CheckpointSet files = CheckpointSet.Open(CheckpointPaths.Find(options.Folder));
            return CheckpointConversion.Convert(files, new ModelSettings { ImageSize = options.ImageSize }, options.Output,
                new ConversionOptions { MergeLora = options.MergeLora }, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"Cannot convert the model in '{options.Folder}': {exception.Message}", exception);
        }
    }
}
