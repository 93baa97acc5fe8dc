using System.CommandLine.Parsing;
using System.Globalization;

namespace TinyGptV.Cli.Commands;

/// <summary>Validates numbers on the command line.</summary>
internal static class NumberRange
{
    public static Action<OptionResult> AtLeast(int smallest) => Within(smallest, int.MaxValue, $"a whole number of at least {smallest}");

    public static Action<OptionResult> Port { get; } = Within(0, 65535, "a port from 1 to 65535, or 0 for any free port");

    private static Action<OptionResult> Within(int smallest, int largest, string expected) => result =>
    {
        if (result.Tokens is not [{ Value: var text }])
            return; // the parser reports a missing or duplicate value itself
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) || value < smallest || value > largest)
            result.AddError($"{result.Option.Name} must be {expected}; found '{text}'.");
    };
}
