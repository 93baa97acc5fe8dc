namespace TinyGptV.Model.Tests.Mutations;

/// <summary>Damages files as downloads and attackers do, reproducibly.</summary>
internal static class Mutation
{
    private static readonly byte[][] Extremes = [[0], [0xFF], [0x7F], [0x80], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
        "9999999999"u8.ToArray(), "-1"u8.ToArray()];

    /// <summary>Changes one to four places, usually one, within <paramref name="where"/> if given; sometimes truncates.</summary>
    public static byte[] Of(byte[] original, Random random, Range? where = null)
    {
        var bytes = new List<byte>(original);
        (int offset, int length) = (where ?? Range.All).GetOffsetAndLength(original.Length);
        for (int changes = random.Next(2) == 0 ? 1 : random.Next(1, 5); changes > 0; changes--)
            Change(bytes, random, Math.Min(bytes.Count, offset + random.Next(length)));
        return random.Next(16) == 0 ? [.. bytes.Take(random.Next(bytes.Count + 1))] : [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random, int at)
    {
        byte[] extreme = Extremes[random.Next(Extremes.Length)];
        switch (random.Next(8))
        {
            case 0:
                Overwrite(bytes, at, [(byte)random.Next(256)]);
                break;
            case 1:
                Overwrite(bytes, at, extreme);
                break;
            case 2:
                bytes.InsertRange(at, extreme);
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9)));
                break;
            case 4:
                Overwrite(bytes, at, [.. bytes.Skip(random.Next(bytes.Count)).Take(random.Next(1, 33))]);
                break;
            case 5 or 6:
                ChangeDigit(bytes, random, at);
                break;
            default:
                Overwrite(bytes, at, [(byte)((at < bytes.Count ? bytes[at] : 0) ^ (1 << random.Next(8)))]);
                break;
        }
    }

    /// <summary>Changes the next digit, or the case of a letter: the text stays parseable, so the damage gets deeper into the reader.</summary>
    private static void ChangeDigit(List<byte> bytes, Random random, int at)
    {
        int digit = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
        if (digit >= 0 && digit < at + 64)
            bytes[digit] = (byte)('0' + random.Next(10));
        else if (at < bytes.Count && char.IsAsciiLetter((char)bytes[at]))
            bytes[at] ^= 0x20;
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (int i = 0; i < with.Length && at + i < bytes.Count; i++)
            bytes[at + i] = with[i];
    }
}
