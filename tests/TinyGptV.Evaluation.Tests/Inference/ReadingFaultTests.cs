using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Evaluation.Tests.Inference;

public class ReadingFaultTests
{
    [Theory]
    [InlineData(5, "input/output error")]
    [InlineData(23, "too many open files")]
    [InlineData(24, "too many open files")]
    [InlineData(28, "no space left on the device")]
    [InlineData(110, "the storage does not answer")]
    [InlineData(116, "stale file handle")]
    public void Describe_ErrorOfTheSystem_HasItsNameEvenInsideAnother(int error, string expected)
    {
        var cause = new IOException("'/secret/a.jpg'", error);
        Assert.Equal(expected, ReadingFault.Describe(cause));
        Assert.Equal(expected, ReadingFault.Describe(new IOException("The image cannot be read.", cause)));
    }

    [Fact]
    public void Describe_OtherFailures_AreTold()
    {
        Assert.Equal("it is not there", ReadingFault.Describe(new FileNotFoundException()));
        Assert.Equal("permission denied", ReadingFault.Describe(new IOException("", new UnauthorizedAccessException())));
        Assert.Equal("the storage does not answer", ReadingFault.Describe(new TimeoutException()));
        Assert.Equal("out of memory", ReadingFault.Describe(new OutOfMemoryException()));
        Assert.Equal("The storage is gone.", ReadingFault.Describe(new PrerequisiteException("The storage is gone.")));
        Assert.Equal("InvalidCastException: odd", ReadingFault.Describe(new InvalidCastException("odd")));
    }

    [Fact]
    public void IsAbsence_TellsMissingFromUnreadable()
    {
        Assert.True(ReadingFault.IsAbsence(new FileNotFoundException()));
        Assert.True(ReadingFault.IsAbsence(new DirectoryNotFoundException()));
        Assert.False(ReadingFault.IsAbsence(new IOException("", 5)));
    }
}
