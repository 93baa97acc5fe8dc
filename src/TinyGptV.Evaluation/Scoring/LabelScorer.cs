using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Compares a generated answer with the sample's label.</summary>
/// <param name="name">The scorer's name.</param>
/// <param name="description">What it does.</param>
/// <param name="judge">Judges a label (first) and an uncut answer (second).</param>
internal sealed class LabelScorer(string name, string description, Func<string, string, Score> judge) : IScorer
{
    public string Name => name;

    public string Description => description;

    public RequestKind Request => RequestKind.Generate;

    public IMetric Metric { get; } = new Accuracy();

    public Score Score(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        string text = prediction.Generation?.Text ?? throw new ArgumentException("The prediction holds no generated answer.", nameof(prediction));
        return judge(prediction.Sample.Target, text);
    }
}
