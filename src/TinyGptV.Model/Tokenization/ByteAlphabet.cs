using System.Text;

namespace TinyGptV.Model.Tokenization;

/// <summary>
/// GPT-2's printable characters for the 256 bytes: visible Latin-1 characters stand for themselves, the other bytes map in order to U+0100 and up
/// (the space is U+0120).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly Dictionary<char, byte> Bytes = Make();

    /// <summary>The bytes that a token's text represents.</summary>
    public static byte[] Decode(string token)
    {
        var bytes = new List<byte>(token.Length);
        foreach (Rune rune in token.EnumerateRunes())
        {
            if (rune.IsBmp && Bytes.TryGetValue((char)rune.Value, out byte value))
                bytes.Add(value);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString())); // not found in real vocabularies
        }

        return [.. bytes];
    }

    private static Dictionary<char, byte> Make()
    {
        var bytes = new Dictionary<char, byte>();
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            bytes[visible ? (char)value : next++] = (byte)value;
        }

        return bytes;
    }
}
