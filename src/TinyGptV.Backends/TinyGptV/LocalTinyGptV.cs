using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Models;
using TinyGptV.Model;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Decoding;

namespace TinyGptV.Backends.TinyGptV;

/// <summary>TinyGPT-V in this process: joins the evaluation's seam to the model's engine.</summary>
public sealed class LocalTinyGptV : IVisionLanguageModel, IAsyncDisposable
{
    private readonly GenerationEngine _engine;

    private LocalTinyGptV(GenerationEngine engine, ModelIdentity identity) => (_engine, Identity) = (engine, identity);

    public ModelIdentity Identity { get; }

    /// <inheritdoc />
    public ChatFormat Chat => TinyGptVChat.Format;

    public int PreferredConcurrency => _engine.PreferredConcurrency;

    /// <summary>Reads the model from its files and starts the engine.</summary>
    /// <param name="options">Where the files are and how to run.</param>
    /// <param name="cancellationToken">Gives the loading up.</param>
    /// <returns>The model, to be disposed.</returns>
    /// <exception cref="CheckpointException">A file is missing or cannot be used, or the files make no complete model.</exception>
    public static async Task<IVisionLanguageModel> LoadAsync(ModelOptions options, CancellationToken cancellationToken)
    {
        using CheckpointSet files = CheckpointSet.Open(PathsOf(options));
        Task<ImmutableSortedDictionary<string, string>> digests = files.ComputeDigestsAsync(cancellationToken); // reads while tensors are copied
        LoadedModel model = await Task.Run(() => LoadedModel.Load(files, SettingsOf(options), cancellationToken), cancellationToken);
        var identity = new ModelIdentity
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder))),
            Digest = DigestOf(await digests),
            Files = await digests,
            Settings = model.Settings,
        };
        return new LocalTinyGptV(new GenerationEngine(model, EngineOptionsOf(options)), identity);
    }

    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        var decoding = new DecodingOptions { MaxNewTokens = request.MaxNewTokens, FirstWords = request.FirstWords };
        GeneratedAnswer answer = await _engine.GenerateAsync(request.Image.Digest, request.Image.Bytes, request.Prompt, decoding, cancellationToken);
        return new Generation(answer.Text, answer.TokenIds, answer.Ended ? StopReason.EndOfSequence : StopReason.Length)
        {
            FirstWords = request.FirstWords.IsEmpty ? null : request.FirstWords.Zip(answer.FirstWords).ToImmutableSortedDictionary(
                pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
        };
    }

    public async ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken)
    {
        ImmutableArray<CandidateLikelihood> likelihoods = await _engine.RankAsync(
            request.Image.Digest, request.Image.Bytes, request.Prompt, request.Choices, request.EndOfChoice, cancellationToken);
        return new ChoiceRanking([.. likelihoods.Select(l => new ChoiceLikelihood(l.LogLikelihood, l.Tokens))]);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    // A part that is named need not be in the folder, so the folder is searched only if something is left to find.
    private static CheckpointPaths PathsOf(ModelOptions options)
    {
        if (options is { Phi: { } phi, Eva: { } eva, Blip2: { } blip2, Stage: { } stage })
            return new CheckpointPaths(phi, eva, blip2, stage);
        CheckpointPaths found = CheckpointPaths.Find(options.Folder);
        if (found.Converted is not null)
            return options is { Phi: null, Eva: null, Blip2: null, Stage: null } ? found : throw new PrerequisiteException(
                $"'{options.Folder}' is a converted model, whose parts cannot be exchanged. "
                + "Leave --phi, --eva, --blip2 and --stage out, or convert the files that you want.");
        return new CheckpointPaths(
            options.Phi ?? found.PhiFolder, options.Eva ?? found.EvaFile, options.Blip2 ?? found.Blip2File, options.Stage ?? found.StageFile);
    }

    private static ModelSettings SettingsOf(ModelOptions options) => new()
    {
        ConfigFile = options.Config,
        ImageSize = options.ImageSize,
        Precision = options.Precision,
        Device = options.Device,
        MergeAdapters = options.MergeLora,
    };

    private static EngineOptions EngineOptionsOf(ModelOptions options)
    {
        var engine = new EngineOptions { Threads = options.Threads ?? Environment.ProcessorCount };
        return options.MaxBatch is { } batch ? engine with { MaxBatch = batch } : engine;
    }

    private static string DigestOf(ImmutableSortedDictionary<string, string> files) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(f => $"{f.Key} {f.Value}\n")))));
}
