using System.Collections.Immutable;

namespace TinyGptV.Model.Language;

/// <summary>How the original writes a dialogue as one text: a system sentence, then each turn behind the name of who speaks.</summary>
/// <param name="System">The first sentence; may be empty.</param>
/// <param name="UserRole">Stands in front of what the user says.</param>
/// <param name="AssistantRole">Stands in front of what the model says.</param>
/// <param name="Separator">Ends the system sentence and every finished turn; may be empty.</param>
public sealed record Conversation(string System, string UserRole, string AssistantRole, string Separator)
{
    /// <summary>What a picture is in a text.</summary>
    public const string Image = "<Img><ImageHere></Img>";

    private const string Introduction =
        "Give the following image: <Img>ImageContent</Img>. You will be able to see the image once I provide it to you. Please answer my questions.";

    /// <summary>The benchmark scripts'.</summary>
    public static Conversation Benchmarks { get; } = new("", "Human: ", "Assistant: ", "###");

    /// <summary>The demonstration of stages 1 to 3.</summary>
    public static Conversation FirstDemo { get; } = new(Introduction, "Human: ", "Assistant: ", "###");

    /// <summary>The demonstration of stage 4.</summary>
    public static Conversation SecondDemo { get; } = new("", "<s>[INST] ", " [/INST]", "");

    /// <summary>The turns so far, the last of which may be unanswered.</summary>
    public ImmutableArray<(string Question, string Answer)> Turns { get; init; } = [];

    /// <summary>The dialogue with another question about the image.</summary>
    /// <param name="question">The question; the first one gets the image in front of it.</param>
    public Conversation Ask(string question) => this with { Turns = Turns.Add((Turns.IsEmpty ? $"{Image} {question}" : question, "")) };

    /// <summary>The dialogue with its last question answered.</summary>
    /// <param name="answer">The answer. An empty one leaves the question open, as in the original.</param>
    public Conversation Answer(string answer) => this with { Turns = Turns.SetItem(Turns.Length - 1, (Turns[^1].Question, answer)) };

    /// <summary>The whole text, ending where the model is to speak.</summary>
    public string Prompt() => System + Separator + string.Concat(Turns.Select(turn =>
        UserRole + turn.Question + Separator + AssistantRole + (turn.Answer.Length == 0 ? "" : turn.Answer + Separator)));

    /// <summary>What the demonstrations show of a generated text: up to the first separator of the benchmark form, behind the last role.</summary>
    /// <param name="text">The generated text.</param>
    public static string Shown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string first = text.Split("###")[0];
        return first.Split("Assistant:")[^1].Trim();
    }
}
