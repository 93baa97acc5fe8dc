namespace TinyGptV.Evaluation.Models;

/// <summary>A replica's description of its model.</summary>
/// <param name="Identity">What determines its answers.</param>
/// <param name="Chat">How it is prompted.</param>
/// <param name="Capabilities">What it supports.</param>
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
