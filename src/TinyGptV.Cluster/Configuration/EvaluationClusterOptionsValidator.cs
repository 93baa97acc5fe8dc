using Microsoft.Extensions.Options;

namespace TinyGptV.Cluster.Configuration;

/// <summary>Names everything that is wrong at once.</summary>
internal sealed class EvaluationClusterOptionsValidator : IValidateOptions<EvaluationClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, EvaluationClusterOptions options)
    {
        string[] problems = [.. Problems(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(EvaluationClusterOptions options)
    {
        if (options.ShardsInFlight < 1)
            yield return $"ShardsInFlight is at least 1; found {options.ShardsInFlight}.";
        if (options.AttemptsLimit < 1)
            yield return $"AttemptsLimit is at least 1; found {options.AttemptsLimit}.";
        if (options.LeaseDuration <= TimeSpan.Zero)
            yield return $"LeaseDuration is longer than zero; found {options.LeaseDuration}.";
        if (options.LeaseSamplesLimit < 1)
            yield return $"LeaseSamplesLimit is at least 1; found {options.LeaseSamplesLimit}.";
        if (!(options.HedgeFactor >= 1))
            yield return FormattableString.Invariant($"HedgeFactor is at least 1; found {options.HedgeFactor}.");
        if (options.ShortestHedge < TimeSpan.Zero)
            yield return $"ShortestHedge is not negative; found {options.ShortestHedge}.";
        if (options.AdoptionInterval <= TimeSpan.Zero)
            yield return $"AdoptionInterval is longer than zero; found {options.AdoptionInterval}.";
        if (options.DiscoveryInterval <= TimeSpan.Zero)
            yield return $"DiscoveryInterval is longer than zero; found {options.DiscoveryInterval}.";
        if (options.ShortestPause < TimeSpan.Zero)
            yield return $"ShortestPause is not negative; found {options.ShortestPause}.";
        if (options.LongestPause < options.ShortestPause)
            yield return $"LongestPause is not shorter than ShortestPause, {options.ShortestPause}; found {options.LongestPause}.";
        if (options.ProgressInterval < TimeSpan.Zero)
            yield return $"ProgressInterval is not negative; found {options.ProgressInterval}.";
    }
}
