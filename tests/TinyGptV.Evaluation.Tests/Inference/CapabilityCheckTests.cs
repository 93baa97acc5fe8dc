using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Inference;

public sealed class CapabilityCheckTests
{
    private static readonly BenchmarkDefinition Generated = SampleRuns.Definition("gqa");
    private static readonly BenchmarkDefinition Ranked = SampleRuns.Definition("iconqa", RequestKind.Rank);

    [Fact]
    public void WhyNot_ModelThatCanDoEverything_HasNoReason() =>
        Assert.All([Generated, Ranked], definition => Assert.Null(CapabilityCheck.WhyNot(definition, With(ModelCapabilities.All))));

    [Fact]
    public void WhyNot_RankingWithoutLikelihoods_IsSaidInOneSentence()
    {
        ModelDescription model = With(new ModelCapabilities { RanksByLikelihood = false });

        Assert.Equal("it ranks given answers by likelihood, which scripted cannot", CapabilityCheck.WhyNot(Ranked, model));
        Assert.Null(CapabilityCheck.WhyNot(Generated, model));
    }

    [Fact]
    public void WhyNot_GenerationWithAModelThatOnlyRanks_IsSaid()
    {
        ModelDescription model = With(new ModelCapabilities { Generates = false });

        Assert.Equal("its answers are generated, which scripted cannot", CapabilityCheck.WhyNot(Generated, model));
        Assert.Null(CapabilityCheck.WhyNot(Ranked, model));
    }

    [Fact]
    public void WhatWillLack_ScorerThatNeedsFirstWords_IsNamedBeforeTheRun()
    {
        BenchmarkDefinition asking = Generated with { Scorers = Generated.Scorers.SetItem("official", "yes-or-no") };
        ModelDescription model = With(new ModelCapabilities { GivesFirstWords = false });

        Assert.Contains(
            "'gqa' has metrics that need the probabilities of first words, which scripted does not give",
            CapabilityCheck.WhatWillLack(asking, model), StringComparison.Ordinal);
        Assert.Null(CapabilityCheck.WhatWillLack(Generated, model));
        Assert.Null(CapabilityCheck.WhatWillLack(asking, With(ModelCapabilities.All)));
    }

    private static ModelDescription With(ModelCapabilities capabilities) => ModelDescription.Of(new ScriptedModel { Capabilities = capabilities });
}
