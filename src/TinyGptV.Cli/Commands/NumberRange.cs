using System.CommandLine.Parsing;
using System.Globalization;

namespace TinyGptV.Cli.Commands;

/// <summary>Checks of numbers on the command line.</summary>
internal static class NumberRange
{
    public static Action<OptionResult> AtLeast(int smallest) => Within(smallest, int.MaxValue, $"a whole number, at least {smallest}");

    public static Action<OptionResult> Port { get; } = Within(0, 65535, "a port, 1 to 65535, or 0 for any free one");

    private static Action<OptionResult> Within(int smallest, int largest, string expected) => result =>
    {
        if (result.Tokens is not [{ Value: var text }])
            return; // the parser reports a missing or doubled value itself
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < smallest || value > largest)
            result.AddError($"{result.Option.Name} is {expected}; found '{text}'.");
    };
}
