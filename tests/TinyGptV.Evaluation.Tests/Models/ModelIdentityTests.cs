using System.Collections.Immutable;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Tests.Models;

public sealed class ModelIdentityTests
{
    private static readonly ImmutableSortedDictionary<string, string> Settings = ImmutableSortedDictionary<string, string>.Empty.Add("temperature", "0");

    [Fact]
    public void OfEndpoint_SameNameVersionAndSettings_GivesTheSameNumbers() =>
        Assert.True(ModelIdentity.OfEndpoint("llava", "1.5", Settings).GivesSameNumbersAs(ModelIdentity.OfEndpoint("llava", "1.5", Settings)));

    [Theory]
    [InlineData("llava-next", "1.5", "0")]
    [InlineData("llava", "1.6", "0")]
    [InlineData("llava", null, "0")]
    [InlineData("llava", "1.5", "0.2")]
    public void OfEndpoint_AnotherNameVersionOrSetting_IsAnotherModel(string name, string? version, string temperature) => Assert.False(
        ModelIdentity.OfEndpoint("llava", "1.5", Settings)
            .GivesSameNumbersAs(ModelIdentity.OfEndpoint(name, version, Settings.SetItem("temperature", temperature))));

    [Fact]
    public void OfEndpoint_Version_IsRecordedWithTheSettings() =>
        Assert.Equal("1.5", ModelIdentity.OfEndpoint("llava", "1.5", Settings).Settings["reported version"]);
}
