namespace TinyGptV.Evaluation.Models;

/// <summary>What a replica says of its model.</summary>
/// <param name="Identity">What makes its numbers.</param>
/// <param name="Chat">How it wants to be asked.</param>
/// <param name="Capabilities">What it can be asked.</param>
public sealed record ModelDescription(ModelIdentity Identity, ChatFormat Chat, ModelCapabilities Capabilities)
{
    /// <summary>Describes a model.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The description.</returns>
    public static ModelDescription Of(IVisionLanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelDescription(model.Identity, model.Chat, model.Capabilities);
    }
}
