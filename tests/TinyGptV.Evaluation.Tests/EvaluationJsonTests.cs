using System.Text.Json;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests;

public sealed class EvaluationJsonTests
{
    [Fact]
    public void Prediction_OlderLineWithoutLaterMembers_GetsTheirDefaults()
    {
        const string line = """{"benchmark":"gqa","sample":{"id":"01","image":"n1.jpg","question":"What?","target":"cat"},"prompt":"p","generation":{"text":"a cat","tokenIds":[3],"stopReason":"length"}}""";
        Prediction prediction = JsonSerializer.Deserialize(line, EvaluationJson.Compact.ShapeOf<Prediction>())!;

        Assert.Empty(prediction.Sample.Choices);
        Assert.Empty(prediction.Sample.Slices);
        Assert.Equal("01", prediction.Sample.Id.Value);
    }

    [Fact]
    public void Prediction_NullForAText_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
            """{"benchmark":"gqa","sample":{"id":"01","image":"n1.jpg","question":null,"target":"cat"},"prompt":"p"}""",
            EvaluationJson.Compact.ShapeOf<Prediction>()));
}
