using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Definitions;

/// <summary>The rules for a definition beyond the types of its properties.</summary>
internal static class BenchmarkDefinitionRules
{
    public static IEnumerable<string> Check(BenchmarkDefinition definition) =>
        [.. CheckNames(definition), .. CheckFiles(definition), .. CheckRequest(definition), .. CheckScorers(definition), .. CheckFigures(definition)];

    private static IEnumerable<string> CheckNames(BenchmarkDefinition definition)
    {
        string name = definition.Name.Value;
        if (!IsName(name))
            yield return $"'name' must have lower-case letters, digits and hyphens only, found '{name}'";
        if (string.IsNullOrWhiteSpace(definition.Title))
            yield return "'title' must not be empty";
        if (string.IsNullOrWhiteSpace(definition.Split))
            yield return "'split' must not be empty";
        if (definition.Version < 1)
            yield return $"'version' must be at least 1, found {definition.Version}";
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static IEnumerable<string> CheckFiles(BenchmarkDefinition definition)
    {
        var roles = AnnotationReader.RolesOf(definition.Format);
        if (!definition.Files.ContainsKey(AnnotationReader.Annotations))
            yield return $"'files' must name the file of {AnnotationReader.Annotations}";
        foreach (string role in definition.Files.Keys.Where(role => !roles.Contains(role)))
            yield return $"'files.{role}' is unknown; the roles of this format are {string.Join(", ", roles)}";
        foreach ((string role, var paths) in definition.Files)
        {
            if (paths.IsDefaultOrEmpty)
                yield return $"'files.{role}' must list at least one path";
        }

        if (definition.ImageFolders.IsDefaultOrEmpty)
            yield return "'imageFolders' must list at least one folder";
        if (definition.ImageNames is { } names
            && (names.IsEmpty || !names.All(name => name.Contains(BenchmarkDefinition.ImagePlaceholder, StringComparison.Ordinal))))
            yield return $"'imageNames' must list at least one name, each with {BenchmarkDefinition.ImagePlaceholder}";
        var named = definition.Files.Values.SelectMany(files => files).Concat(definition.ImageFolders).Concat(definition.ImageNames ?? []);
        foreach (string path in named.Where(LeadsOut))
            yield return $"the path '{path}' must lie below the benchmark's folder and use forward slashes";
    }

    private static bool LeadsOut(string path) =>
        path.Length == 0 || path.StartsWith('/') || path.Contains('\\') || path.Contains(':') || path.Split('/').Contains("..");

    private static IEnumerable<string> CheckRequest(BenchmarkDefinition definition)
    {
        if (definition.Request is RequestKind.Rank
            && definition.Format is not (AnnotationFormat.IconQa or AnnotationFormat.IconQaImages or AnnotationFormat.Csv))
            yield return "'request' must be generate, because samples of this format have no choices to rank";
        if (definition.MaxNewTokens < 1)
            yield return $"'maxNewTokens' must be at least 1, found {definition.MaxNewTokens}";
        if (definition is { Instruction: null, PromptTemplate: null } or { Instruction: not null, PromptTemplate: not null })
            yield return "either 'instruction' or 'promptTemplate' must be given; a 'promptTemplate' is sent to every model unchanged";
        if (definition.Instruction is { } instruction && PromptTemplate.FindProblemOfInstruction(instruction) is { } fault)
            yield return $"'instruction': {fault}";
        if (definition.PromptTemplate is { } template && PromptTemplate.FindProblem(template) is { } problem)
            yield return $"'promptTemplate': {problem}";
        if (definition.Published?.PromptTemplate is { } published && PromptTemplate.FindProblem(published) is { } another)
            yield return $"'published.promptTemplate': {another}";
    }

    private static IEnumerable<string> CheckScorers(BenchmarkDefinition definition)
    {
        if (definition.Scorers.IsEmpty)
            yield return "'scorers' must name at least one mode";
        if (definition.FallbackMode is { } fallback && !definition.Scorers.ContainsKey(fallback))
            yield return $"'fallbackMode' must be one of the modes in 'scorers', found '{fallback}'";
        foreach ((string mode, string name) in definition.Scorers)
        {
            if (!IsName(mode))
                yield return $"'scorers': a mode is part of file names and must have lower-case letters, digits and hyphens only, found '{mode}'";
            if (!Scorers.ByName.TryGetValue(name, out IScorer? scorer))
                yield return $"'scorers.{mode}' asks for the scorer '{name}', which does not exist; there are {string.Join(", ", Scorers.ByName.Keys)}";
            else if (scorer.Reference != ReferenceKind.Target && scorer.Reference != ReferenceOf(definition.Format))
                yield return $"'scorers.{mode}': the scorer '{name}' compares with {Describe(scorer.Reference)}, which samples of this format do not have";
            else if (scorer.Request != definition.Request)
                yield return
                    $"'scorers.{mode}': the scorer '{name}' judges answers of kind {Lower(scorer.Request)}, but 'request' is {Lower(definition.Request)}";
        }
    }

    private static ReferenceKind ReferenceOf(AnnotationFormat format) => format switch
    {
        AnnotationFormat.VizWiz or AnnotationFormat.Vqa => ReferenceKind.Answers,
        AnnotationFormat.RefCoco => ReferenceKind.Box,
        _ => ReferenceKind.Target,
    };

    private static IEnumerable<string> CheckFigures(BenchmarkDefinition definition)
    {
        if (definition.Expected is { } expected && (expected.Samples < 1 || expected.Images < 1 || expected.Images > expected.Samples))
            yield return $"'expected' must give samples and, if they are known, images, at least 1 and no more images than samples, "
                + $"found {expected.Samples} and {expected.Images?.ToString() ?? "none"}";
        if (definition.Published is not { } published)
            yield break;
        if (published.Accuracy is not (>= 0 and <= 1))
            yield return "'published.accuracy' must lie between 0 and 1 (38.9 % is 0.389)";
        if (!definition.Scorers.ContainsKey(published.Mode))
            yield return $"'published.mode' must be one of the modes in 'scorers', found '{published.Mode}'";
    }

    private static string Describe(ReferenceKind kind) => kind switch
    {
        ReferenceKind.Answers => "several people's answers",
        ReferenceKind.Box => "a box",
        _ => "a target",
    };

    private static string Lower(RequestKind kind) => kind is RequestKind.Rank ? "rank" : "generate";
}
