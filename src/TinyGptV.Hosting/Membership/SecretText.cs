namespace TinyGptV.Hosting.Membership;

/// <summary>Text that must not be shown: printing, logging or debugging it shows stars.</summary>
public readonly record struct SecretText
{
    private const string Stars = "***";

    private readonly string? _text;

    public SecretText(string text) => _text = text;

    /// <summary>The text itself, for the library that needs it.</summary>
    public string Reveal() => _text ?? "";

    public override string ToString() => Stars;
}
