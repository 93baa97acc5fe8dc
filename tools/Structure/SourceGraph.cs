using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TinyGptV.Structure;

/// <summary>
/// The uses between source files, as the compiler resolves the names. A <c>using</c> directive alone does not count; a name that needs none does.
/// </summary>
public sealed class SourceGraph
{
    // The global usings that the SDK and Orleans add to the projects.
    private const string GlobalUsings = """
        global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        global using Orleans; global using Orleans.Hosting; global using Orleans.Runtime;
        """;

    private readonly Dictionary<(string From, string To), int> _uses = [];

    private SourceGraph(string root, IEnumerable<string> files)
    {
        Root = root;
        Files = [.. files.Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder that contains all files.</summary>
    public string Root { get; }

    /// <summary>All files, as paths relative to the root, with slashes.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The number of names that one file uses from another; uses within a file do not count.</summary>
    public IReadOnlyDictionary<(string From, string To), int> Uses => _uses;

    /// <summary>Reads all C# files under a folder as one program.</summary>
    /// <param name="root">The folder of the repository.</param>
    /// <param name="folder">The folder in it, for example <c>src</c>.</param>
    /// <returns>The graph, without names that cannot be resolved.</returns>
    public static SourceGraph Read(string root, string folder)
    {
        string[] paths = [.. Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)];
        var graph = new SourceGraph(root, paths.Select(path => Relative(root, path)));
        SyntaxTree[] trees = [.. paths.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), Options, Relative(root, path)))];
        var compilation = CSharpCompilation.Create(
            "Structure", [.. trees, CSharpSyntaxTree.ParseText(GlobalUsings, Options)], References(),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));
        foreach (SyntaxTree tree in trees)
            graph.Add(tree, compilation.GetSemanticModel(tree));
        return graph;
    }

    private static CSharpParseOptions Options { get; } = new(LanguageVersion.Preview);

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');

    /// <summary>The assemblies that this program runs with, except the product's own.</summary>
    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && !name.StartsWith("TinyGptV", StringComparison.Ordinal) && name != "tinygptv.dll")
            .Select(path => MetadataReference.CreateFromFile(path));

    private void Add(SyntaxTree tree, SemanticModel model)
    {
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes().Where(IsUse))
        {
            SymbolInfo found = model.GetSymbolInfo(node);
            foreach (string file in FilesOf(found.Symbol ?? found.CandidateSymbols.FirstOrDefault()))
            {
                if (file != tree.FilePath && file.Length > 0)
                    _uses[(tree.FilePath, file)] = _uses.GetValueOrDefault((tree.FilePath, file)) + 1;
            }
        }
    }

    /// <summary>Names, and <c>new(...)</c>, which implies a type name. <c>var</c> does not count.</summary>
    private static bool IsUse(SyntaxNode node) =>
        node is SimpleNameSyntax { Identifier.ValueText: not "var" } or ImplicitObjectCreationExpressionSyntax
        && !node.Ancestors().OfType<UsingDirectiveSyntax>().Any();

    /// <summary>The file that declares a symbol; for a partial type, the first one.</summary>
    private static IEnumerable<string> FilesOf(ISymbol? symbol) => symbol switch
    {
        null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or ILabelSymbol or IRangeVariableSymbol => [],
        IMethodSymbol { ReducedFrom: { } extension } => FilesOf(extension),
        _ => symbol.OriginalDefinition.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath).Order(StringComparer.Ordinal).Take(1),
    };
}
