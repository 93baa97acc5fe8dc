using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TinyGptV.Cli.Tests;

/// <summary>No line of code is wider than an editor beside a diff. The compiler's formatting rules do not check it.</summary>
public sealed class LineLengthTests
{
    private const int Columns = 160;

    /// <summary>A record of a file, or a line of a script, may stand in a test as it is in the file, however long.</summary>
    private const int LongLiteral = 100;

    [Fact]
    public void No_line_of_code_is_wider_than_160_columns()
    {
        string[] files = [.. new[] { "src", "tools", "tests" }.SelectMany(CodeUnder)];

        string wide = string.Join('\n', files.SelectMany(WideLines));

        Assert.True(files.Length > 600, "The code was not found.");
        Assert.True(wide.Length == 0, $"Break these lines to at most {Columns} columns:\n{wide}");
    }

    [Theory]
    [InlineData("class C { const string A = \"#\"; }", 100, true)]
    [InlineData("class C { const string A = \"#\"; }", 90, false)]
    [InlineData("class C { const string A = \"\"; /* # */ }", 200, false)]
    public void Only_a_long_literal_may_make_a_line_wide(string code, int length, bool expected)
    {
        string line = code.Replace("#", new string('x', length), StringComparison.Ordinal) + new string(' ', 60) + "// end";

        Assert.Equal(expected, !FindWideLines(line).Any());
    }

    private static IEnumerable<string> CodeUnder(string folder) => Directory
        .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<string> WideLines(string path)
    {
        string name = Path.GetRelativePath(Repository.Root, path);
        return FindWideLines(File.ReadAllText(path)).Select(line => $"{name}:{line.LineNumber + 1} has {line.Span.Length} columns.");
    }

    private static IEnumerable<TextLine> FindWideLines(string code)
    {
        SourceText text = SourceText.From(code);
        TextLine[] wide = [.. text.Lines.Where(line => line.Span.Length > Columns)];
        if (wide.Length == 0)
            return [];
        TextSpan[] literals = [.. CSharpSyntaxTree.ParseText(text).GetRoot().DescendantTokens().Where(IsLiteral).Select(token => token.Span)];
        return wide.Where(line => !literals.Any(literal => literal.Intersection(line.Span)?.Length >= LongLiteral));
    }

    private static bool IsLiteral(SyntaxToken token) => token.Kind() is SyntaxKind.StringLiteralToken
        or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringTextToken
        or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.Utf8SingleLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken;
}
