using System.Globalization;
using TinyGptV.SamplePainter;

// The folder to write to, and perhaps the number that pictures and questions are made from.
if (args is not [var folder, ..] || args.Length > 2)
{
    Console.Error.WriteLine("Usage: SamplePainter DIR [SEED]. Draws the sample benchmarks; the same seed gives the same bytes.");
    return 2;
}

ulong seed = SampleSetGenerator.DefaultSeed;
if (args is [_, var text] && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
{
    Console.Error.WriteLine($"The seed must be a whole number, found '{text}'.");
    return 2;
}

Console.WriteLine($"{SampleSetGenerator.Write(folder, seed)} files written to {folder}. Evaluate them with: tinygptv eval --data {folder}");
return 0;
