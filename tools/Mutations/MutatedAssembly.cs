using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Emit;

namespace TinyGptV.Mutations;

/// <summary>A project compiled with all its mutants in it.</summary>
/// <param name="Image">The assembly.</param>
/// <param name="Mutants">Its mutants.</param>
/// <param name="Uncompilable">How many more were left out because the compiler refuses them.</param>
public sealed record MutatedAssembly(byte[] Image, ImmutableArray<Mutant> Mutants, int Uncompilable)
{
    private const string Project = "TinyGptV.Evaluation";

    // What the SDK adds to the project, and the switch that every mutant asks.
    private const string Added = """
        global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("0.1.0.0")]
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("TinyGptV.Evaluation.Tests")]
        namespace TinyGptV.Mutations
        {
            public static class MutantSwitch
            {
                public static int Active;
                public static bool[] Reached = new bool[100_000];
                public static volatile bool Stopped;
                public static bool IsOn(int id)
                {
                    System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                    if (Active == 0)
                        Reached[id] = true;
                    if (Stopped)
                        throw new TimeoutException("The mutant does not end.");
                    return Active == id;
                }
            }
        }
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview);

    private static readonly CSharpCompilationOptions Compiling = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Annotations);

    /// <summary>Compiles the project.</summary>
    /// <param name="root">The folder of the repository.</param>
    /// <param name="folders">The folders of the project that get mutants.</param>
    /// <returns>The assembly.</returns>
    public static MutatedAssembly Compile(string root, IReadOnlyCollection<string> folders)
    {
        string source = Path.Combine(root, "src", Project);
        SyntaxTree[] trees = [.. Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), Parsing, Path.GetRelativePath(root, path), Encoding.UTF8))];
        var original = CSharpCompilation.Create(Project, [.. trees, CSharpSyntaxTree.ParseText(Added, Parsing)], References(), Compiling);
        Compilation whole = WithGenerated(original);
        SyntaxTree[] chosen = [.. trees.Where(tree => folders.Contains(FolderOf(tree)))];
        HashSet<int> left = [];
        // Each round leaves out what the compiler refused in the one before.
        while (true)
        {
            var mutants = new List<Mutant>();
            CSharpCompilation mutated = original;
            foreach (SyntaxTree tree in chosen)
            {
                SyntaxNode rewritten = new Mutator(tree.FilePath, whole.GetSemanticModel(tree), mutants, left).Visit(tree.GetRoot())!;
                mutated = mutated.ReplaceSyntaxTree(tree, tree.WithRootAndOptions(rewritten, Parsing));
            }

            using var image = new MemoryStream();
            Compilation all = WithGenerated(mutated);
            EmitResult result = all.Emit(image, manifestResources: Resources(source));
            if (result.Success)
                return new MutatedAssembly(image.ToArray(), [.. mutants.Where(mutant => !left.Contains(mutant.Id))], left.Count);
            if (!TryLeaveOut(result.Diagnostics, all, left))
                throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Take(20)));
        }
    }

    /// <summary>The folder of a file, below the project.</summary>
    private static string FolderOf(SyntaxTree tree) => Path.GetRelativePath(Path.Combine("src", Project), Path.GetDirectoryName(tree.FilePath)!);

    /// <summary>Finds the mutants that the compiler complains about: the innermost one at the place, else those that declare something in the member.</summary>
    private static bool TryLeaveOut(ImmutableArray<Diagnostic> diagnostics, Compilation all, HashSet<int> left)
    {
        int before = left.Count;
        foreach (Diagnostic error in diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error && found.Location.SourceTree is not null))
        {
            SyntaxNode place = error.Location.SourceTree!.GetRoot().FindNode(error.Location.SourceSpan, getInnermostNodeForTie: true);
            SyntaxNode? marked = place.AncestorsAndSelf().FirstOrDefault(node => node.HasAnnotations(Mutator.Mark));
            if (error.Id is "CS0133" or "CS0150" or "CS1736" or "CS9135")
                left.UnionWith(ConstantsNamedIn(place, all).SelectMany(Suspects).SelectMany(NumbersOf));
            else if (marked is not null && error.Id is not ("CS0165" or "CS0170" or "CS0128"))
                left.UnionWith(NumbersOf(marked));
            else if (place.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault() is { } member)
                left.UnionWith(Suspects(member).SelectMany(NumbersOf));
        }

        return left.Count > before;
    }

    /// <summary>What was a constant before, and is needed as one.</summary>
    private static IEnumerable<MemberDeclarationSyntax> ConstantsNamedIn(SyntaxNode place, Compilation all)
    {
        HashSet<string> names = [.. place.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.Text)];
        return all.SyntaxTrees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<PropertyDeclarationSyntax>())
            .Where(property => names.Contains(property.Identifier.Text));
    }

    private static IEnumerable<SyntaxNode> Suspects(MemberDeclarationSyntax member)
    {
        SyntaxNode[] all = [.. member.DescendantNodes().Where(node => node.HasAnnotations(Mutator.Mark))];
        SyntaxNode[] declaring = [.. all.Where(node => node.DescendantNodes().Any(inner => inner is VariableDesignationSyntax))];
        return declaring.Length > 0 ? declaring : all;
    }

    private static IEnumerable<int> NumbersOf(SyntaxNode node) => node.GetAnnotations(Mutator.Mark).Select(mark => int.Parse(mark.Data!));

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("TinyGptV.Evaluation", StringComparison.Ordinal)
                && Path.GetFileName(path) != "TinyGptV.Mutations.dll")
            .Select(path => MetadataReference.CreateFromFile(path));

    private static IEnumerable<ResourceDescription> Resources(string source) =>
        Directory.EnumerateFiles(Path.Combine(source, "Reports", "Html"), "report.*")
            .Select(path => new ResourceDescription($"{Project}.Reports.Html.{Path.GetFileName(path)}", () => File.OpenRead(path), isPublic: true));

    /// <summary>Adds what the generators of the SDK write, such as regular expressions.</summary>
    private static Compilation WithGenerated(CSharpCompilation compilation)
    {
        string dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
        string pack = Directory.GetDirectories(Path.Combine(dotnet, "packs", "Microsoft.NETCore.App.Ref")).Order(StringComparer.Ordinal).Last();
        ISourceGenerator[] generators = [.. Directory.GetFiles(Path.Combine(pack, "analyzers", "dotnet", "cs"), "*.dll")
            .SelectMany(path => new AnalyzerFileReference(path, new Loader()).GetGenerators(LanguageNames.CSharp))];
        CSharpGeneratorDriver.Create(generators, parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out Compilation whole, out _);
        return whole;
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
            // Every generator lies beside what it needs, and needs nothing that is not loaded.
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
