using System.Collections.Immutable;
using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

/// <summary>Tests scorers against tables of cases; each table names the code it is based on.</summary>
public sealed class ScorerCasesTests
{
    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> cases = [];
        foreach (string file in Directory.EnumerateFiles(CaseFile.Folder).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal))
        {
            if (!CaseFile.Read(file).TryGetProperty("scorer", out _))
                continue;
            for (int i = 0; i < CaseFile.Read(file).GetProperty("cases").GetArrayLength(); i++)
                cases.Add(file, i);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Score_IsThatOfTheCodeNamedAsSource(string file, int index)
    {
        JsonElement cases = CaseFile.Read(file);
        JsonElement one = cases.GetProperty("cases")[index];

        Score score = Scorers.ByName[cases.GetProperty("scorer").GetString()!].Score(ToPrediction(one));

        Assert.Equal(one.GetProperty("score").GetDouble(), score.Value, tolerance: 1e-12);
        Assert.Equal(one.TryGetProperty("undecided", out JsonElement undecided) && undecided.GetBoolean(), score.Undecided);
    }

    private static Prediction ToPrediction(JsonElement one)
    {
        Prediction prediction = Predictions.Generated("made-up", "1", "", one.GetProperty("text").GetString()!);
        return prediction with
        {
            Sample = prediction.Sample with
            {
                Target = one.TryGetProperty("target", out JsonElement target) ? target.GetString()! : "",
                Answers = one.TryGetProperty("answers", out JsonElement answers)
                    ? Answers.Of([.. answers.EnumerateArray().Select(answer => answer.GetString()!)])
                    : null,
                Box = one.TryGetProperty("box", out JsonElement box) ? ToBox([.. box.EnumerateArray().Select(number => number.GetDouble())]) : null,
            },
        };
    }

    private static ReferenceBox ToBox(ImmutableArray<double> numbers) => new(numbers[0], numbers[1], numbers[2], numbers[3], (int)numbers[4], (int)numbers[5]);
}
