using System.Globalization;

namespace TinyGptV.Mutations;

/// <summary>The result of a mutation run, as Markdown.</summary>
public static class ScoreTable
{
    /// <summary>A row for each folder, and the survivors.</summary>
    /// <param name="verdicts">The verdicts in the order of the mutants.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Describe(IReadOnlyList<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        yield return "";
        yield return "| folder | mutants | killed | of these endless | survived | score |";
        yield return "| --- | --- | --- | --- | --- | --- |";
        foreach (IGrouping<string, Verdict> folder in verdicts.GroupBy(verdict => verdict.Mutant.Folder))
            yield return Row(folder.Key, [.. folder]);
        yield return Row("all", [.. verdicts]);
        yield return "";
        yield return "Survivors:";
        foreach (Verdict survivor in verdicts.Where(verdict => verdict.Killer is null))
            yield return $"- {survivor.Mutant} ({(survivor.Tests == 0 ? "no test reaches it" : $"{survivor.Tests} test methods reach it")})";
    }

    private static string Row(string name, IReadOnlyCollection<Verdict> verdicts)
    {
        int survived = verdicts.Count(verdict => verdict.Killer is null);
        int endless = verdicts.Count(verdict => verdict.Outcome == Outcome.Endless);
        int killed = verdicts.Count - survived;
        double score = 100.0 * killed / verdicts.Count;
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {verdicts.Count} | {killed} | {endless} | {survived} | {score:F1} % |");
    }
}
