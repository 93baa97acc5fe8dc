using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TinyGptV.Mutations;

/// <summary>A change of an expression: what it becomes, given the expression as it is and the condition under which the change is on.</summary>
public sealed record Mutation(string Change, Func<string, string, string> Apply);

/// <summary>The small changes made to an expression. Each is a plausible mistake.</summary>
/// <param name="model">The meaning of the expressions.</param>
public sealed class MutationOperators(SemanticModel model)
{
    private static readonly Dictionary<SyntaxKind, string> OtherOperator = new()
    {
        [SyntaxKind.LessThanExpression] = "<=",
        [SyntaxKind.LessThanOrEqualExpression] = "<",
        [SyntaxKind.GreaterThanExpression] = ">=",
        [SyntaxKind.GreaterThanOrEqualExpression] = ">",
        [SyntaxKind.AddExpression] = "-",
        [SyntaxKind.SubtractExpression] = "+",
        [SyntaxKind.MultiplyExpression] = "/",
        [SyntaxKind.DivideExpression] = "*",
        [SyntaxKind.ModuloExpression] = "*",
    };

    // An empty name leaves the call out.
    private static readonly Dictionary<string, string> OtherMethod = BothWays(
        ("First", "Last"), ("FirstOrDefault", "LastOrDefault"), ("OrderBy", "OrderByDescending"), ("ThenBy", "ThenByDescending"),
        ("Order", "OrderDescending"), ("Min", "Max"), ("Any", "All"), ("Skip", "Take"), ("Floor", "Ceiling"), ("IndexOf", "LastIndexOf"),
        ("StartsWith", "EndsWith"),
        ("AddFirst", "AddLast"),
        ("Where", ""), ("Distinct", ""), ("Reverse", ""), ("Trim", ""), ("ToLowerInvariant", ""), ("Abs", ""));

    private static readonly HashSet<string> OneWay = ["Where", "Distinct", "Reverse", "Trim", "ToLowerInvariant", "Abs"];

    /// <summary>The changes of an expression; none where a condition cannot stand.</summary>
    /// <param name="node">The expression.</param>
    /// <returns>The changes.</returns>
    public IEnumerable<Mutation> For(ExpressionSyntax node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return IsFixed(node) ? [] : [.. Conditions(node), .. Operators(node), .. Constants(node), .. Calls(node), .. Patterns(node), .. Results(node)];
    }

    /// <summary>Whether leaving out a statement says something: what only refuses null says what the nullable types say already.</summary>
    /// <param name="node">The statement's expression.</param>
    /// <returns>True if it can be left out.</returns>
    public static bool CanBeLeftOut(ExpressionSyntax node) =>
        node is InvocationExpressionSyntax or AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax or AwaitExpressionSyntax
        && (!node.ToString().StartsWith("Argument", StringComparison.Ordinal) || node.ToString().Contains("OutOfRange", StringComparison.Ordinal));

    /// <summary>Another value of a number that is named as a constant.</summary>
    /// <param name="value">The number as it is written.</param>
    /// <returns>The changes.</returns>
    public static IEnumerable<Mutation> Shifted(ExpressionSyntax value)
    {
        yield return new Mutation($"{value} -> + 1", (now, isOn) => $"({isOn} ? {value} + 1 : {now})");
        if (value.ToString() is not ("0" or "0.0"))
            yield return new Mutation($"{value} -> - 1", (now, isOn) => $"({isOn} ? {value} - 1 : {now})");
    }

    private static Dictionary<string, string> BothWays(params (string One, string Other)[] pairs) =>
        pairs.Concat(pairs.Where(pair => pair.Other.Length > 0).Select(pair => (pair.Other, pair.One))).ToDictionary();

    /// <summary>Constants that the compiler wants, places that are written to, and pieces of a longer chain after <c>?.</c>.</summary>
    private static bool IsFixed(ExpressionSyntax node) =>
        node.Ancestors().Any(IsConstant)
        || node.Parent is ArgumentSyntax argument && !argument.RefKindKeyword.IsKind(SyntaxKind.None)
        || node.Parent is AssignmentExpressionSyntax assignment && assignment.Left == node
        || node.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>()
            .Any(inner => !inner.Ancestors().TakeWhile(above => above != node.Parent).OfType<ConditionalAccessExpressionSyntax>().Any());

    private static bool IsConstant(SyntaxNode node) =>
        node is AttributeSyntax or PatternSyntax or SwitchLabelSyntax or BaseListSyntax or LocalDeclarationStatementSyntax { IsConst: true }
            or EqualsValueClauseSyntax { Parent: ParameterSyntax or EnumMemberDeclarationSyntax }
            or InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }
        || (node is FieldDeclarationSyntax field && field.Modifiers.Any(SyntaxKind.ConstKeyword));

    private static bool IsLogical(SyntaxNode? node) =>
        node is BinaryExpressionSyntax && node.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression;

    private static bool Declares(SyntaxNode node) => node.DescendantNodes().Any(inner => inner is VariableDesignationSyntax);

    /// <summary>A piece of source on one line, cut off if it is long.</summary>
    /// <param name="node">The piece.</param>
    /// <returns>The text.</returns>
    public static string Short(SyntaxNode node)
    {
        string text = string.Join(' ', node.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 70 ? text : text[..67] + "...";
    }

    private static Mutation Instead(SyntaxNode node, string other) => new($"{Short(node)} -> {other}", (now, isOn) => $"({isOn} ? {other} : {now})");

    private static Mutation AlwaysTrue(SyntaxNode node) => new($"{Short(node)} -> true", (now, isOn) => $"({now} || {isOn})");

    private static Mutation AlwaysFalse(SyntaxNode node) => new($"{Short(node)} -> false", (now, isOn) => $"({now} && !{isOn})");

    private IEnumerable<Mutation> Conditions(ExpressionSyntax node)
    {
        if (IsLogical(node.Parent) && !IsLogical(node))
        {
            yield return node.Parent.IsKind(SyntaxKind.LogicalAndExpression) ? AlwaysTrue(node) : AlwaysFalse(node);
        }
        else if (IsCondition(node))
        {
            if (!Declares(node))
            {
                yield return new Mutation($"{Short(node)} -> not", (now, isOn) => $"(({now}) != {isOn})");
                yield break;
            }

            yield return AlwaysTrue(node);
            yield return AlwaysFalse(node);
        }
    }

    private bool IsCondition(ExpressionSyntax node) =>
        node is not LiteralExpressionSyntax && TypeOf(node)?.SpecialType == SpecialType.System_Boolean && node.Parent switch
        {
            IfStatementSyntax or WhileStatementSyntax or ForStatementSyntax or WhenClauseSyntax => true,
            ReturnStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax => true,
            ConditionalExpressionSyntax choice => choice.Condition == node,
            ArgumentSyntax or EqualsValueClauseSyntax or AssignmentExpressionSyntax =>
                node is BinaryExpressionSyntax or IsPatternExpressionSyntax or PrefixUnaryExpressionSyntax,
            _ => false,
        };

    private IEnumerable<Mutation> Operators(ExpressionSyntax node)
    {
        if (node is BinaryExpressionSyntax binary && OtherOperator.TryGetValue(node.Kind(), out string? other) && IsNumber(TypeOf(binary.Right)))
            yield return new Mutation($"{Short(node)} -> {other}", (now, isOn) => $"({isOn} ? {binary.Left} {other} {binary.Right} : {now})");
        if (node.Parent is AssignmentExpressionSyntax sum && IsNumber(TypeOf(node))
            && sum.Kind() is SyntaxKind.AddAssignmentExpression or SyntaxKind.SubtractAssignmentExpression)
            yield return new Mutation($"{Short(sum)} -> the other sign", (now, isOn) => $"({isOn} ? -({node}) : {now})");
        if (node.IsKind(SyntaxKind.UnaryMinusExpression))
            yield return Instead(node, ((PrefixUnaryExpressionSyntax)node).Operand.ToString());
        if (node is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: not ThrowExpressionSyntax } fallback)
            yield return Instead(node, fallback.Right.ToString());
    }

    private IEnumerable<Mutation> Constants(ExpressionSyntax node)
    {
        if (!node.IsKind(SyntaxKind.NumericLiteralExpression))
            return [];
        // A number that the compiler would turn into another type by itself does not do so behind a condition.
        TypeInfo type = model.GetTypeInfo(node);
        string cast = !SymbolEqualityComparer.Default.Equals(type.Type, type.ConvertedType) && IsNumber(type.ConvertedType) ? $"({type.ConvertedType})" : "";
        return Shifted(node).Select(mutation => mutation with { Apply = (now, isOn) => $"({cast}{mutation.Apply(now, isOn)})" });
    }

    private static IEnumerable<Mutation> Calls(ExpressionSyntax node)
    {
        if (node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "OrdinalIgnoreCase" or "Ordinal" } comparison)
            yield return Instead(node, $"{comparison.Expression}.{(comparison.Name.ToString() == "Ordinal" ? "OrdinalIgnoreCase" : "Ordinal")}");
        if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } call
            || !OtherMethod.TryGetValue(called.Name.Identifier.ValueText, out string? other) || Declares(node))
            yield break;
        if (other.Length > 0)
            yield return new Mutation($"{Short(node)} -> {other}", (now, isOn) => $"({isOn} ? {called.Expression}.{other}{call.ArgumentList} : {now})");
        else if (OneWay.Contains(called.Name.Identifier.ValueText))
            yield return Instead(node, called.Name.ToString() == "Abs" ? call.ArgumentList.ToString() : called.Expression.ToString());
    }

    private static IEnumerable<Mutation> Patterns(ExpressionSyntax node)
    {
        if (node is not IsPatternExpressionSyntax pattern || Declares(node))
            yield break;
        foreach (SyntaxToken token in pattern.Pattern.DescendantTokens())
        {
            string? other = token.Text switch { "<" => "<=", "<=" => "<", ">" => ">=", ">=" => ">", "and" => "or", "or" => "and", _ => null };
            if (other is not null)
            {
                int start = token.SpanStart - node.SpanStart;
                yield return Instead(node, node.ToString().Remove(start, token.Span.Length).Insert(start, other));
            }
        }
    }

    private IEnumerable<Mutation> Results(ExpressionSyntax node)
    {
        bool isResult = node.Parent is ReturnStatementSyntax or ArrowExpressionClauseSyntax;
        if (isResult && node is not (ThrowExpressionSyntax or LiteralExpressionSyntax or SwitchExpressionSyntax)
            && model.GetTypeInfo(node).ConvertedType is { SpecialType: not (SpecialType.System_Boolean or SpecialType.System_Void) })
            yield return Instead(node, "default");
    }

    private ITypeSymbol? TypeOf(ExpressionSyntax node) => model.GetTypeInfo(node).Type;

    private static bool IsNumber(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;
}
