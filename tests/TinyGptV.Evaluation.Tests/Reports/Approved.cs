namespace TinyGptV.Evaluation.Tests.Reports;

/// <summary>Compares a text with the approved one in <c>Reports/Approved</c>, character by character.</summary>
internal static class Approved
{
    public static void AssertMatches(string name, string text)
    {
        string approved = Path.Combine(Repository.Root, "tests", "TinyGptV.Evaluation.Tests", "Reports", "Approved", name);
        string received = Path.Combine(AppContext.BaseDirectory, "received-" + name);
        string expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (expected == text)
            return;
        File.WriteAllText(received, text);
        Assert.Fail($"The text differs from {approved}. If the change is meant, replace that file by {received}.\n\n{text}");
    }
}
