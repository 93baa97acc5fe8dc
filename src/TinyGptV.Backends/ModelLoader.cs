using TinyGptV.Evaluation.Models;

namespace TinyGptV.Backends;

/// <summary>Loads a model from its files. The caller disposes it if it is disposable.</summary>
/// <param name="options">Which files, and how the model runs.</param>
/// <param name="cancellationToken">Cancels loading.</param>
/// <returns>The model.</returns>
public delegate Task<IVisionLanguageModel> ModelLoader(ModelOptions options, CancellationToken cancellationToken);
