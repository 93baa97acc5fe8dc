using System.Collections.Immutable;
using TinyGptV.Model.Tokenization;

namespace TinyGptV.Model.Training;

/// <summary>How the original's training turns samples into sequences.</summary>
internal sealed record TrainingFormat
{
    /// <summary>The template around every instruction; <c>{}</c> is replaced by it.</summary>
    public required string PromptTemplate { get; init; }

    /// <summary>Whether single-turn instructions use the template; multi-turn ones always do. Default: true.</summary>
    public bool UsesTemplate { get; init; } = true;

    /// <summary>Appended to every answer.</summary>
    public required string EndSymbol { get; init; }

    /// <summary>Maximum number of tokens in the answer part, including the end symbol.</summary>
    public required int MaxAnswerTokens { get; init; }

    /// <summary>Maximum number of rows in the instruction part, including image vectors.</summary>
    public required int MaxContextRows { get; init; }
}

/// <summary>
/// One training sample as rows: begin-of-text token, instruction with the image in it, then the answer part. The original's padding at
/// the end has no effect and is left out.
/// </summary>
/// <param name="Before">Tokens before the image, starting with the begin-of-text token.</param>
/// <param name="ImageRows">Number of image vectors that follow; 0 without an image.</param>
/// <param name="After">Tokens after the image, including the answer part.</param>
/// <param name="Labels">The label of each row: its token, or -100 to ignore it.</param>
/// <param name="Visible">The attention mask: whether later rows may attend to each row.</param>
internal sealed record TrainingSequence(
    ImmutableArray<int> Before, int ImageRows, ImmutableArray<int> After, ImmutableArray<long> Labels, ImmutableArray<bool> Visible)
{
    private const string ImagePlace = "<ImageHere>";
    private const long Ignored = -100;

    /// <summary>Builds the sequence of a conversation, usually of one turn.</summary>
    /// <param name="tokenizer">The tokenizer; its end-of-text token begins sequences, pads and separates turns.</param>
    /// <param name="imageRows">Number of vectors per image.</param>
    /// <param name="turns">Instruction and answer of each turn; the first instruction may contain the image placeholder once.</param>
    /// <param name="format">Template and limits.</param>
    public static TrainingSequence Arrange(
        PhiTokenizer tokenizer, int imageRows, IReadOnlyList<(string Instruction, string Answer)> turns, TrainingFormat format)
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
        before.Insert(0, tokenizer.EndOfTextId); // the begin-of-text token does not count towards the limit
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
