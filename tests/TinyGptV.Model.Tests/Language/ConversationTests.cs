using System.Text.Json.Nodes;
using TinyGptV.Model.Language;

namespace TinyGptV.Model.Tests.Language;

public sealed class ConversationTests
{
    [Theory]
    [InlineData("CONV_VISION_minigptv2")]
    [InlineData("CONV_VISION_Vicuna0")]
    [InlineData("CONV_VISION_LLama2")]
    [InlineData("demo_v2")]
    public void Prompt_TwoTurns_IsTheOriginals(string name)
    {
        JsonNode? golden = Golden.Json("e2e/goldens.json")["conversation_prompts"]?[name];
        Assert.SkipWhen(golden is null, $"The set has no prompts of {name}.");
        Conversation first = ByName(name).Ask("hello"), second = first.Answer("hi there").Ask("and now?");
        Assert.Equal((string)golden["first"]!, first.Prompt());
        Assert.Equal((string)golden["second"]!, second.Prompt());
    }

    [Fact]
    public void Prompt_EmptyAnswer_LeavesItsTurnOpenAsTheOriginalDoes() =>
        Assert.Equal("###Human: <Img><ImageHere></Img> a###Assistant: Human: b###Assistant: ", Conversation.Benchmarks.Ask("a").Answer("").Ask("b").Prompt());

    [Theory]
    [InlineData("yes###Human: no", "yes")]
    [InlineData("x Assistant: y ", "y")]
    [InlineData("###", "")]
    public void Shown_GeneratedText_IsCutAsTheDemonstrationsDo(string text, string expected) => Assert.Equal(expected, Conversation.Shown(text));

    private static Conversation ByName(string name) => name switch
    {
        "demo_v2" => Conversation.SecondDemo,
        "CONV_VISION_minigptv2" => Conversation.Benchmarks,
        _ => Conversation.FirstDemo,
    };
}
