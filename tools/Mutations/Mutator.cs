using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TinyGptV.Mutations;

/// <summary>
/// Writes every mutant of a file into it at once, each behind a condition of its own, so that one compilation serves all.
/// </summary>
/// <param name="file">The file's path below the repository.</param>
/// <param name="model">The meaning of the file as it is.</param>
/// <param name="mutants">Where the mutants are added to.</param>
/// <param name="left">The numbers of mutants that are counted and not written: they do not compile.</param>
public sealed class Mutator(string file, SemanticModel model, List<Mutant> mutants, IReadOnlySet<int> left) : CSharpSyntaxRewriter
{
    /// <summary>Marks what belongs to a mutant, with its number.</summary>
    public const string Mark = "mutant";

    // Says to tests whether a ledger contradicts itself: a weaker word of it is no other behaviour.
    private static readonly HashSet<string> Unmutated = ["CheckIntegrity", "Verify"];

    private readonly MutationOperators _operators = new(model);

    /// <inheritdoc />
    public override SyntaxNode? Visit(SyntaxNode? node)
    {
        SyntaxNode? visited = base.Visit(node);
        if (node is not ExpressionSyntax expression || visited is not ExpressionSyntax current || node is TypeSyntax and not NameSyntax)
            return visited;
        foreach (Mutation mutation in _operators.For(expression))
            current = Write(node, current, mutation);
        return current;
    }

    /// <inheritdoc />
    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        var visited = (StatementSyntax)base.VisitExpressionStatement(node)!;
        return MutationOperators.CanBeLeftOut(node.Expression) ? LeaveOut(node.Expression, visited) : visited;
    }

    /// <inheritdoc />
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (Unmutated.Contains(node.Identifier.ValueText))
            return node;
        var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (visited.ExpressionBody is not { Expression: not ThrowExpressionSyntax } body || node.ReturnType.ToString() != "void")
            return visited;
        StatementSyntax statement = LeaveOut(node.ExpressionBody!.Expression, SyntaxFactory.ExpressionStatement(body.Expression));
        return visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(SyntaxFactory.Block(statement));
    }

    /// <inheritdoc />
    public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        if (!node.Modifiers.Any(SyntaxKind.ConstKeyword) || node.Declaration.Variables is not [{ Initializer.Value: var value } variable]
            || model.GetDeclaredSymbol(variable) is not IFieldSymbol { ConstantValue: int or double })
            return base.VisitFieldDeclaration(node);
        ExpressionSyntax current = value;
        foreach (Mutation mutation in MutationOperators.Shifted(value))
            current = Write(node, current, mutation);
        if (current == value)
            return node;
        // What was a constant has to be asked for each time.
        string modifiers = node.Modifiers.ToString().Replace("const", "static", StringComparison.Ordinal);
        MemberDeclarationSyntax property = SyntaxFactory.ParseMemberDeclaration($"{modifiers} {node.Declaration.Type} {variable.Identifier.Text} => 0;\n")!;
        return property.ReplaceNode(property.DescendantNodes().OfType<LiteralExpressionSyntax>().Single(), current);
    }

    /// <inheritdoc />
    public override SyntaxNode? VisitSwitchExpressionArm(SwitchExpressionArmSyntax node)
    {
        var visited = (SwitchExpressionArmSyntax)base.VisitSwitchExpressionArm(node)!;
        if (node.Pattern is DiscardPatternSyntax || node.WhenClause is not null || !TryAdd(node, $"{node.Pattern} => left out", out int id))
            return visited;
        ExpressionSyntax condition = Marked($"!{IsOn(id)}", id);
        return visited.WithWhenClause(SyntaxFactory.WhenClause(condition));
    }

    private StatementSyntax LeaveOut(ExpressionSyntax node, StatementSyntax statement)
    {
        if (!TryAdd(node, $"{MutationOperators.Short(node)} left out", out int id))
            return statement;
        return SyntaxFactory.IfStatement(Marked($"!{IsOn(id)}", id), SyntaxFactory.Block(statement))
            .WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{id}"));
    }

    private ExpressionSyntax Write(SyntaxNode node, ExpressionSyntax current, Mutation mutation)
    {
        if (!TryAdd(node, mutation.Change, out int id))
            return current;
        // The part that is there already keeps its marks: it is put in place of a name.
        ExpressionSyntax written = SyntaxFactory.ParseExpression(mutation.Apply("__now", IsOn(id)));
        SyntaxNode now = written.DescendantNodes().OfType<IdentifierNameSyntax>().Single(name => name.Identifier.Text == "__now");
        return written.ReplaceNode(now, current.WithoutTrivia())
            .WithTriviaFrom(current).WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{id}"));
    }

    private static ExpressionSyntax Marked(string text, int id) =>
        SyntaxFactory.ParseExpression(text).WithAdditionalAnnotations(new SyntaxAnnotation(Mark, $"{id}"));

    private static string IsOn(int id) => $"global::TinyGptV.Mutations.MutantSwitch.IsOn({id})";

    private bool TryAdd(SyntaxNode node, string change, out int id)
    {
        id = mutants.Count + 1;
        mutants.Add(new Mutant(id, file, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, change));
        return !left.Contains(id);
    }
}
