using k8s.Models;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>Matches labels against selectors, like Kubernetes.</summary>
internal static class Selection
{
    public static bool Selects(this V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair => labels.TryGetValue(pair.Key, out string? value) && value == pair.Value)
        && (selector.MatchExpressions ?? []).All(expression => Holds(expression, labels));

    private static bool Holds(V1LabelSelectorRequirement expression, IDictionary<string, string> labels)
    {
        bool isThere = labels.TryGetValue(expression.Key, out string? value);
        return expression.OperatorProperty switch
        {
            "In" => isThere && expression.Values.Contains(value!),
            "NotIn" => !isThere || !expression.Values.Contains(value!),
            "Exists" => isThere,
            "DoesNotExist" => !isThere,
            _ => throw new NotSupportedException($"There is no operator '{expression.OperatorProperty}'."),
        };
    }
}
