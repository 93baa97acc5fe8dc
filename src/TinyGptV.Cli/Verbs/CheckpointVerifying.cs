using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Model;
using TinyGptV.Model.Checkpoints.Tools;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv checkpoint verify</c>.</summary>
internal sealed record CheckpointVerifyingOptions(string Path, int? ImageSize, OutputFormat Format);

/// <summary>Checks whether a checkpoint can be used, and lists all problems if not.</summary>
/// <param name="environment">Where the result goes.</param>
internal sealed class CheckpointVerifying(ProgramEnvironment environment)
{
    /// <exception cref="PrerequisiteException">The checkpoint is not valid; the message lists all problems.</exception>
    public async Task<int> WriteAsync(CheckpointVerifyingOptions options, CancellationToken cancellationToken)
    {
        var settings = new ModelSettings { ImageSize = options.ImageSize };
        VerifiedCheckpoint verified = await Task.Run(
            () => CheckpointVerification.VerifyAsync(options.Path, settings, null, cancellationToken), cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(verified, environment.Output);
        else
            await DescribeAsync(verified);
        return verified.IsSound
            ? ExitCode.Success
            : throw new PrerequisiteException($"'{options.Path}' is not valid. {string.Join("\n", verified.Problems)}");
    }

    private async Task DescribeAsync(VerifiedCheckpoint verified)
    {
        var table = new TextTable("file", ">bytes", "SHA-256", "published as");
        foreach (VerifiedFile file in verified.Files)
            table.Add(file.Name, file.Bytes.ToString("N0", CultureInfo.InvariantCulture), file.Sha256, file.Published?.Description ?? "");
        await table.WriteToAsync(environment.Output);
        if (!verified.IsSound)
            return;
        await environment.Output.WriteLineAsync();
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Valid: {verified.Tensors:N0} tensors read, nothing is missing, all values are finite."));
    }
}
