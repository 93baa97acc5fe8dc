using TinyGptV.Cluster.Configuration;

namespace TinyGptV.Cluster.Tests.Configuration;

public class EvaluationClusterOptionsValidatorTests
{
    private readonly EvaluationClusterOptionsValidator _validator = new();

    [Fact]
    public void Validate_Defaults_Succeeds() => Assert.True(_validator.Validate(null, new EvaluationClusterOptions()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_ReportsEverything()
    {
        var options = new EvaluationClusterOptions
        {
            ShardsInFlight = 0,
            AttemptsLimit = 0,
            DiscoveryInterval = TimeSpan.Zero,
            ShortestPause = TimeSpan.FromSeconds(-1),
            LongestPause = TimeSpan.FromSeconds(-2),
            KeepInterval = TimeSpan.Zero,
            ProgressInterval = TimeSpan.FromSeconds(-3),
        };
        Assert.Equal(
            [
                "ShardsInFlight must be at least 1; found 0.",
                "AttemptsLimit must be at least 1; found 0.",
                "DiscoveryInterval must be positive; found 00:00:00.",
                "ShortestPause must not be negative; found -00:00:01.",
                "LongestPause must be at least ShortestPause (-00:00:01); found -00:00:02.",
                "KeepInterval must be positive; found 00:00:00.",
                "ProgressInterval must not be negative; found -00:00:03.",
            ],
            _validator.Validate(null, options).Failures);
    }
}
