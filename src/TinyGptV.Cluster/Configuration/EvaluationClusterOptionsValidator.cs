using Microsoft.Extensions.Options;

namespace TinyGptV.Cluster.Configuration;

/// <summary>Reports all problems at once.</summary>
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
            yield return $"ShardsInFlight must be at least 1; found {options.ShardsInFlight}.";
        if (options.AttemptsLimit < 1)
            yield return $"AttemptsLimit must be at least 1; found {options.AttemptsLimit}.";
        if (options.LeaseDuration <= TimeSpan.Zero)
            yield return $"LeaseDuration must be positive; found {options.LeaseDuration}.";
        if (options.LeaseSamplesLimit < 1)
            yield return $"LeaseSamplesLimit must be at least 1; found {options.LeaseSamplesLimit}.";
        if (!(options.HedgeFactor >= 1))
            yield return FormattableString.Invariant($"HedgeFactor must be at least 1; found {options.HedgeFactor}.");
        if (options.ShortestHedge < TimeSpan.Zero)
            yield return $"ShortestHedge must not be negative; found {options.ShortestHedge}.";
        if (options.AdoptionInterval <= TimeSpan.Zero)
            yield return $"AdoptionInterval must be positive; found {options.AdoptionInterval}.";
        if (options.DiscoveryInterval <= TimeSpan.Zero)
            yield return $"DiscoveryInterval must be positive; found {options.DiscoveryInterval}.";
        if (options.ShortestPause < TimeSpan.Zero)
            yield return $"ShortestPause must not be negative; found {options.ShortestPause}.";
        if (options.LongestPause < options.ShortestPause)
            yield return $"LongestPause must be at least ShortestPause ({options.ShortestPause}); found {options.LongestPause}.";
        if (options.KeepInterval <= TimeSpan.Zero)
            yield return $"KeepInterval must be positive; found {options.KeepInterval}.";
        if (options.OwnershipRenewal <= TimeSpan.Zero)
            yield return $"OwnershipRenewal must be positive; found {options.OwnershipRenewal}.";
        if (options.OwnershipPoll <= TimeSpan.Zero)
            yield return $"OwnershipPoll must be positive; found {options.OwnershipPoll}.";
        if (options.OwnershipMargin < TimeSpan.Zero)
            yield return $"OwnershipMargin must not be negative; found {options.OwnershipMargin}.";
        if (options.OwnershipLifetime < options.OwnershipMargin + (2 * options.OwnershipRenewal))
            yield return $"OwnershipLifetime must be at least OwnershipMargin and two times OwnershipRenewal "
                + $"({options.OwnershipMargin + (2 * options.OwnershipRenewal)}); found {options.OwnershipLifetime}.";
        if (options.ProgressInterval < TimeSpan.Zero)
            yield return $"ProgressInterval must not be negative; found {options.ProgressInterval}.";
    }
}
