namespace TinyGptV.Model.Tests;

/// <summary>Approved texts. A difference fails the test and writes the new text next to the approved one.</summary>
internal static class Approved
{
    public static void AssertMatches(string name, string actual)
    {
        string path = Path.Combine(Golden.Checkout, "tests", "TinyGptV.Model.Tests", "Approved", name);
        string approved = File.Exists(path) ? File.ReadAllText(path) : "";
        if (approved == actual)
            return;
        File.WriteAllText(path + ".received", actual);
        Assert.Equal(approved, actual);
    }
}
