using System.Collections.Immutable;

namespace TinyGptV.Model.Language;

/// <summary>How the original formats a dialogue as a prompt: a system message, then each turn after its role.</summary>
/// <param name="System">The system message; may be empty.</param>
/// <param name="UserRole">Prefix of the user's turns.</param>
/// <param name="AssistantRole">Prefix of the model's turns.</param>
/// <param name="Separator">Ends the system message and every finished turn; may be empty.</param>
public sealed record Conversation(string System, string UserRole, string AssistantRole, string Separator)
{
    /// <summary>The image placeholder in a prompt.</summary>
    public const string Image = "<Img><ImageHere></Img>";

    private const string Introduction =
        "Give the following image: <Img>ImageContent</Img>. You will be able to see the image once I provide it to you. Please answer my questions.";

    /// <summary>The format of the benchmark scripts.</summary>
    public static Conversation Benchmarks { get; } = new("", "Human: ", "Assistant: ", "###");

    /// <summary>The format of the demo for stages 1 to 3.</summary>
    public static Conversation FirstDemo { get; } = new(Introduction, "Human: ", "Assistant: ", "###");

    /// <summary>The format of the demo for stage 4.</summary>
    public static Conversation SecondDemo { get; } = new("", "<s>[INST] ", " [/INST]", "");

    /// <summary>The turns so far; the last one may be unanswered.</summary>
    public ImmutableArray<(string Question, string Answer)> Turns { get; init; } = [];

    /// <summary>Adds a question about the image.</summary>
    /// <param name="question">The question; the image placeholder is put before the first one.</param>
    public Conversation Ask(string question) => this with { Turns = Turns.Add((Turns.IsEmpty ? $"{Image} {question}" : question, "")) };

    /// <summary>Answers the last question.</summary>
    /// <param name="answer">The answer. An empty one leaves the question open, as in the original.</param>
    public Conversation Answer(string answer) => this with { Turns = Turns.SetItem(Turns.Length - 1, (Turns[^1].Question, answer)) };

    /// <summary>The whole prompt, ending where the model's answer begins.</summary>
    public string Prompt() => System + Separator + string.Concat(Turns.Select(turn =>
        UserRole + turn.Question + Separator + AssistantRole + (turn.Answer.Length == 0 ? "" : turn.Answer + Separator)));

    /// <summary>The part of a generated text that the demos show: up to the first <c>###</c>, after the last <c>Assistant:</c>.</summary>
    /// <param name="text">The generated text.</param>
    public static string Shown(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string first = text.Split("###")[0];
        return first.Split("Assistant:")[^1].Trim();
    }
}
