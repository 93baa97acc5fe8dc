using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Backends.Scripted;

/// <summary>
/// A model without weights: its answers are a pure function of the prompt and the image's digest. For tests, and for trying out a cluster on
/// machines without a checkpoint. The answers mean nothing.
/// </summary>
/// <param name="answer">
/// Gives the answer for a prompt and an image digest; must be deterministic. Default: a short answer chosen by a hash of both.
/// </param>
/// <param name="delay">Time that each request takes. Default: none.</param>
/// <param name="timeProvider">The clock for the delay. Default: the system clock.</param>
public sealed class ScriptedModel(Func<string, string, string>? answer = null, TimeSpan delay = default, TimeProvider? timeProvider = null)
    : IVisionLanguageModel
{
    private static readonly ImmutableArray<string> Answers = ["yes", "no", "true", "false", "red", "blue", "left", "right", "two", "circle"];

    private readonly Func<string, string, string> _answer = answer ?? ChooseAnswer;
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    /// <summary>The identity. Default: that of the default answers; set another one for other answers.</summary>
    public ModelIdentity Identity { get; init; } = new()
    {
        Name = "scripted",
        Digest = Convert.ToHexStringLower(SHA256.HashData("scripted model, version 1"u8)),
    };

    /// <summary>How it is asked. Default: as TinyGPT-V, in whose place it stands.</summary>
    public ChatFormat Chat { get; init; } = TinyGptVChat.Format;

    /// <summary>What it can be asked. Default: everything.</summary>
    public ModelCapabilities Capabilities { get; init; } = ModelCapabilities.All;

    /// <summary>Number of requests to keep in flight. Default: 8.</summary>
    public int PreferredConcurrency { get; init; } = 8;

    /// <summary>Answers a prompt from the script. Each word counts as a token; the text is cut at the token limit.</summary>
    /// <param name="request">Image, prompt and limit.</param>
    /// <param name="cancellationToken">Ends the delay early.</param>
    /// <returns>The answer: one token per word.</returns>
    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await TakeTimeAsync(cancellationToken);
        string[] words = _answer(request.Prompt, request.Image.Digest).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var tokens = words.Take(request.MaxNewTokens).ToArray();
        return new Generation(
            string.Join(' ', tokens),
            [.. tokens.Select(word => (int)(Hash(word) % 50_000))],
            tokens.Length < words.Length ? StopReason.Length : StopReason.EndOfSequence)
        {
            FirstWords = request.FirstWords.IsDefaultOrEmpty ? null : request.FirstWords.ToImmutableSortedDictionary(
                word => word, word => ProbabilityOf(word, request, tokens.FirstOrDefault("")), StringComparer.Ordinal),
        };
    }

    /// <summary>Ranks candidates: the scripted answer is the most likely, the others are ordered by a hash.</summary>
    /// <param name="request">Image, prompt and candidates.</param>
    /// <param name="cancellationToken">Ends the delay early.</param>
    /// <returns>One likelihood per candidate.</returns>
    /// <exception cref="ArgumentException">There is no candidate.</exception>
    public async ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Choices.IsDefaultOrEmpty)
            throw new ArgumentException("A ranking needs at least one choice; found none.", nameof(request));
        await TakeTimeAsync(cancellationToken);
        string answer = _answer(request.Prompt, request.Image.Digest);
        return new ChoiceRanking([.. request.Choices.Select(choice => Rate(request, choice, answer))]);
    }

    private ValueTask TakeTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return delay > TimeSpan.Zero ? new ValueTask(Task.Delay(delay, _timeProvider, cancellationToken)) : ValueTask.CompletedTask;
    }

    private static ChoiceLikelihood Rate(RankingRequest request, string choice, string answer)
    {
        int tokens = choice.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length + 1;
        // Between 1 and 2 nats per token, in steps of 1/1024; the scripted answer stays below 1.
        double nats = choice == answer ? 0.5 : 1 + (Hash($"{request.Prompt}\n{request.Image.Digest}\n{choice}") % 1024 / 1024.0);
        return new ChoiceLikelihood(-nats * tokens, tokens);
    }

    /// <summary>The answer's first word is more likely than all others together; those get a hash, in steps of 1/65536.</summary>
    private static double ProbabilityOf(string word, GenerationRequest request, string first) => string.Equals(word, first, StringComparison.OrdinalIgnoreCase)
        ? 0.75
        : Hash($"{request.Prompt}\n{request.Image.Digest}\n{word}") % 1024 / 65536.0;

    private static string ChooseAnswer(string prompt, string imageDigest) => Answers[(int)(Hash($"{prompt}\n{imageDigest}") % (uint)Answers.Length)];

    private static uint Hash(string text) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
