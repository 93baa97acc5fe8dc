namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>A whole prompt with one place for the image vectors and one for the question; immutable.</summary>
public sealed class PromptTemplate
{
    /// <summary>Where the image vectors go.</summary>
    public const string ImagePlaceholder = "<ImageHere>";

    /// <summary>Where the question goes.</summary>
    public const string QuestionPlaceholder = "{question}";

    private readonly string _before;
    private readonly string _after;

    private PromptTemplate(string before, string after) => (_before, _after) = (before, after);

    /// <summary>Takes a template apart.</summary>
    /// <param name="text">The template, with each placeholder exactly once.</param>
    /// <returns>The template.</returns>
    /// <exception cref="PrerequisiteException">A placeholder is missing or occurs more than once.</exception>
    public static PromptTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (FindProblem(text) is { } problem)
            throw new PrerequisiteException(char.ToUpperInvariant(problem[0]) + problem[1..] + ". Correct the prompt template.");
        string[] parts = text.Split(QuestionPlaceholder);
        return new PromptTemplate(parts[0], parts[1]);
    }

    /// <summary>Puts a question into its place, unchanged: braces in it mean nothing.</summary>
    /// <param name="question">The question or statement of a sample.</param>
    /// <returns>The prompt. If the question itself holds the image placeholder, so does the prompt, and a model refuses it.</returns>
    public string Render(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _before + question + _after;
    }

    /// <summary>What is wrong with a template; null if nothing is.</summary>
    internal static string? FindProblem(string text) => FindProblem(text, ImagePlaceholder) ?? FindProblem(text, QuestionPlaceholder);

    /// <summary>What is wrong with an instruction, whose place for the image is the chat format's business; null if nothing is.</summary>
    internal static string? FindProblemOfInstruction(string text) => text.Contains(ImagePlaceholder, StringComparison.Ordinal)
        ? $"an instruction does not hold {ImagePlaceholder}, which the model's chat format adds, found it in '{text}'"
        : FindProblem(text, QuestionPlaceholder);

    private static string? FindProblem(string text, string placeholder)
    {
        int occurrences = text.Split(placeholder).Length - 1;
        return occurrences == 1 ? null : $"a prompt template holds {placeholder} exactly once, found {occurrences} times in '{text}'";
    }
}
