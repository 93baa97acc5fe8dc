using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cli.Silo;

/// <summary>How the program itself loads a model.</summary>
internal static class ModelLoading
{
    public static Task<IVisionLanguageModel> LoadAsync(ModelOptions options, CancellationToken cancellationToken) =>
        Task.FromException<IVisionLanguageModel>(new PrerequisiteException($"This build cannot load the model in '{options.Folder}' yet."));
}
