using System.Globalization;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation;
using TinyGptV.Model;
using TinyGptV.Model.Checkpoints.Tools;

namespace TinyGptV.Cli.Verbs;

/// <summary>What <c>tinygptv checkpoint verify</c> is asked to look at.</summary>
internal sealed record CheckpointVerdictOptions(string Path, int? ImageSize, OutputFormat Format);

/// <summary>Says whether a checkpoint can be used, and if not, everything that is wrong with it.</summary>
/// <param name="environment">Where the verdict goes.</param>
internal sealed class CheckpointVerdict(ProgramEnvironment environment)
{
    /// <exception cref="PrerequisiteException">The checkpoint is not sound; the message lists all problems.</exception>
    public async Task<int> WriteAsync(CheckpointVerdictOptions options, CancellationToken cancellationToken)
    {
        VerifiedCheckpoint verified = await Task.Run(
            () => CheckpointVerification.VerifyAsync(options.Path, new ModelSettings { ImageSize = options.ImageSize }, null, cancellationToken), cancellationToken);
        if (options.Format == OutputFormat.Json)
            await JsonDisplay.WriteAsync(verified, environment.Output);
        else
            await DescribeAsync(verified);
        return verified.IsSound
            ? ExitCode.Success
            : throw new PrerequisiteException($"'{options.Path}' is not sound. {string.Join("\n", verified.Problems)}");
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
        await environment.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Sound: {verified.Tensors:N0} tensors were read, nothing is missing, all values are finite."));
    }
}
