using System.Globalization;
using TinyGptV.Evaluation;
using TinyGptV.Model;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Checkpoints.Tools;

namespace TinyGptV.Cli.Verbs;

/// <summary>What <c>tinygptv checkpoint convert</c> is asked to write.</summary>
internal sealed record CheckpointRewritingOptions(string Folder, string Output, bool MergeLora, int? ImageSize);

/// <summary>Writes a model's files as one folder.</summary>
/// <param name="environment">Where the result is told.</param>
internal sealed class CheckpointRewriting(ProgramEnvironment environment)
{
    public async Task<int> WriteAsync(CheckpointRewritingOptions options, CancellationToken cancellationToken)
    {
        ConvertedCheckpoint converted = await Task.Run(() => Convert(options, cancellationToken), cancellationToken);
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{converted.Tensors:N0} tensors of {converted.Bytes / 1e6:N1} MB written to {converted.Folder}. Use them with: tinygptv eval --model {converted.Folder}"));
        return ExitCode.Success;
    }

    private static ConvertedCheckpoint Convert(CheckpointRewritingOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using CheckpointSet files = CheckpointSet.Open(CheckpointPaths.Find(options.Folder));
            return CheckpointConversion.Convert(files, new ModelSettings { ImageSize = options.ImageSize }, options.Output,
                new ConversionOptions { MergeLora = options.MergeLora }, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            throw new PrerequisiteException($"The model in '{options.Folder}' cannot be converted: {exception.Message}", exception);
        }
    }
}
