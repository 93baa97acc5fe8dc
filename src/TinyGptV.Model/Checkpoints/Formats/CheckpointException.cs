namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>A checkpoint cannot be used. The message says what was expected, what was found and how to fix it.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the error.</summary>
    public CheckpointException(string message) : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    public CheckpointException(string message, Exception cause) : base(message, cause)
    {
    }
}
