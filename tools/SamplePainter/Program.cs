using System.Globalization;
using TinyGptV.SamplePainter;

const int success = 0, userMustAct = 2;

if (args is not [var folder, ..] || args.Length > 2)
    return Refuse("Usage: SamplePainter DIR [SEED]. Draws the sample benchmarks; the same seed gives the same bytes.");

ulong seed = SampleSetGenerator.DefaultSeed;
if (args is [_, var text] && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
    return Refuse($"SEED must be a whole number; found '{text}'.");

try
{
    int written = SampleSetGenerator.Write(folder, seed);
    Console.WriteLine($"{written} files written to {folder}. Evaluate them with: tinygptv eval --data {folder}");
    return success;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
{
    return Refuse($"Cannot write to '{folder}' ({exception.Message.TrimEnd('.')}); choose another folder.");
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return userMustAct;
}
