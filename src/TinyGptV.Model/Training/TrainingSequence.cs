using System.Collections.Immutable;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Training;

/// <summary>How the original's training forward turns samples into sequences.</summary>
internal sealed record TrainingFormat
{
    /// <summary>Put around every instruction; <c>{}</c> is its place.</summary>
    public required string PromptTemplate { get; init; }

    /// <summary>Whether single instructions are put into the template; later turns always are. Default: true.</summary>
    public bool UsesTemplate { get; init; } = true;

    /// <summary>Appended to every answer.</summary>
    public required string EndSymbol { get; init; }

    /// <summary>The answer part is cut to this many tokens, end symbol included.</summary>
    public required int MaxAnswerTokens { get; init; }

    /// <summary>The instruction part, image vectors included, is cut to this many rows.</summary>
    public required int MaxContextRows { get; init; }
}

/// <summary>
/// One training sample as rows: begin token, instruction with the image in it, then what is learned. Padding, which the original
/// adds behind, has no effect and is left out.
/// </summary>
/// <param name="Before">Tokens in front of the image, the begin token first.</param>
/// <param name="ImageRows">How many of the image's vectors follow; 0 for a sample without an image.</param>
/// <param name="After">Tokens behind the image, the answer part included.</param>
/// <param name="Labels">For every row the token to learn at that place, or -100.</param>
/// <param name="Visible">For every row whether later rows may look at it.</param>
internal sealed record TrainingSequence(
    ImmutableArray<int> Before, int ImageRows, ImmutableArray<int> After, ImmutableArray<long> Labels, ImmutableArray<bool> Visible)
{
    private const string ImagePlace = "<ImageHere>";
    private const long Ignored = -100;

    /// <summary>Arranges a conversation; one turn is the common case.</summary>
    /// <param name="tokenizer">The tokenizer; its end-of-text token begins sequences, pads and separates turns.</param>
    /// <param name="imageRows">The number of vectors an image becomes.</param>
    /// <param name="turns">Instruction and answer of each turn; the first instruction may hold the image's place once.</param>
    /// <param name="format">Template and limits.</param>
    public static TrainingSequence Arrange(PhiTokenizer tokenizer, int imageRows, IReadOnlyList<(string Instruction, string Answer)> turns, TrainingFormat format)
    {
        (List<int> before, int image, List<int> after) = Context(tokenizer, imageRows, turns, format);
        (List<int> answer, List<bool> isLearned) = AnswerPart(tokenizer, turns, format);
        int endOfText = tokenizer.EndOfTextId, context = before.Count + image + after.Count;
        return new TrainingSequence(
            [.. before], image, [.. after, .. answer],
            [.. Enumerable.Repeat(Ignored, context), .. answer.Select((id, i) => isLearned[i] && id != endOfText ? id : Ignored)],
            [.. Enumerable.Repeat(true, context), .. answer.Select(id => id != endOfText)]);
    }

    private static (List<int> Before, int Image, List<int> After) Context(
        PhiTokenizer tokenizer, int imageRows, IReadOnlyList<(string Instruction, string Answer)> turns, TrainingFormat format)
    {
        string text = format.UsesTemplate || turns.Count > 1 ? InTemplate(turns[0].Instruction, format) : turns[0].Instruction;
        string[] pieces = text.Split(ImagePlace);
        int left = format.MaxContextRows;
        List<int> before = [.. tokenizer.Encode(pieces[0]).Take(left)];
        left -= before.Count;
        int image = pieces.Length == 1 ? 0 : Math.Min(imageRows, left);
        left -= image;
        List<int> after = pieces.Length == 1 ? [] : [.. tokenizer.Encode(pieces[1]).Take(left)];
        before.Insert(0, tokenizer.EndOfTextId); // the begin token is not counted among the context's rows
        return (before, image, after);
    }

    private static (List<int> Tokens, List<bool> IsLearned) AnswerPart(
        PhiTokenizer tokenizer, IReadOnlyList<(string Instruction, string Answer)> turns, TrainingFormat format)
    {
        var tokens = new List<int>();
        var isLearned = new List<bool>();
        for (int turn = 0; turn < turns.Count; turn++)
        {
            if (turn > 0)
                Append([tokenizer.EndOfTextId, .. tokenizer.Encode(InTemplate(turns[turn].Instruction, format))], learned: false);
            Append(tokenizer.Encode(turns[turn].Answer + format.EndSymbol), learned: true);
        }

        int length = Math.Min(tokens.Count, format.MaxAnswerTokens);
        return (tokens[..length], isLearned[..length]);

        void Append(IReadOnlyList<int> ids, bool learned)
        {
            tokens.AddRange(ids);
            isLearned.AddRange(Enumerable.Repeat(learned, ids.Count));
        }
    }

    private static string InTemplate(string instruction, TrainingFormat format) => format.PromptTemplate.Replace("{}", instruction, StringComparison.Ordinal);
}
