using System.Globalization;

namespace TinyGptV.Cli.Display;

/// <summary>Speeds and times of runs as text, from milliseconds to weeks for a sample.</summary>
internal static class PaceText
{
    /// <summary>The speed as <c>13.6 samples/s</c>, or below one sample per second as <c>20.4 s/sample</c>, so that a slow run never shows 0.</summary>
    /// <param name="samplesPerSecond">The speed; more than 0.</param>
    public static string Speed(double samplesPerSecond)
    {
        // Decided on the rounded number: 0.97 samples/s is 1 sample/s, while 0.9 is 1.1 s/sample.
        string perSecond = samplesPerSecond.ToString("0.#", CultureInfo.InvariantCulture);
        return samplesPerSecond >= 1 || perSecond == "1"
            ? $"{perSecond} samples/s"
            : $"{(1 / samplesPerSecond).ToString("0.#", CultureInfo.InvariantCulture)} s/sample";
    }

    /// <summary>A duration as <c>05:03:46</c>, from one day on as <c>1 d 05:03</c>.</summary>
    public static string Time(TimeSpan time) => time < TimeSpan.FromDays(1)
        ? time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time:hh\\:mm}");
}
