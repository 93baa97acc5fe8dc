using TinyGptV.Evaluation.Models;

namespace TinyGptV.Backends.Chats;

/// <summary>The chat format of TinyGPT-V, as the original's evaluation scripts write it.</summary>
public static class TinyGptVChat
{
    /// <summary>The user's turn with the image before the instruction, then the beginning of the model's turn.</summary>
    public static ChatFormat Format { get; } = new("###Human: <Img><ImageHere></Img> ", "###Assistant: ");
}
