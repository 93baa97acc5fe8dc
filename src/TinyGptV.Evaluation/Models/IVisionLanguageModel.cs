namespace TinyGptV.Evaluation.Models;

/// <summary>
/// A vision-language model as the evaluation sees it: the seam between benchmarks and tensors. One request per call; callers send
/// requests concurrently and the model batches those in flight. At the reference precision an answer depends on its request alone, to the last
/// bit, never on its neighbours.
/// </summary>
public interface IVisionLanguageModel
{
    /// <summary>Identifies the model: models with equal identities give equal answers.</summary>
    ModelIdentity Identity { get; }

    /// <summary>How it is prompted.</summary>
    ChatFormat Chat { get; }

    /// <summary>What it supports. Default: everything.</summary>
    ModelCapabilities Capabilities => ModelCapabilities.All;

    /// <summary>How many requests should be in flight at once for full speed; at least 1.</summary>
    int PreferredConcurrency { get; }

    /// <summary>Answers a prompt about an image by greedy decoding.</summary>
    /// <param name="request">Image, prompt and limit.</param>
    /// <param name="cancellationToken">Cancels the request; its work is dropped at the next step.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Computes how likely each candidate answer is.</summary>
    /// <param name="request">Image, prompt and candidates.</param>
    /// <param name="cancellationToken">Cancels the request; its work is dropped at the next step.</param>
    /// <returns>One likelihood for each candidate, in the order of the request.</returns>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken);
}
