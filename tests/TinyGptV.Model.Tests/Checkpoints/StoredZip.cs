using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>Writes uncompressed zip archives, like torch.save; ZIP64 on request, whatever the size.</summary>
internal static class StoredZip
{
    public static byte[] Of(bool zip64, params (string Name, byte[] Content)[] entries) => Of(zip64, Crc32.HashToUInt32, entries);

    /// <summary>As PyTorch writes it if its option for checksums is off: 0 for each.</summary>
    public static byte[] WithoutChecksums(params (string Name, byte[] Content)[] entries) => Of(false, _ => 0, entries);

    private static byte[] Of(bool zip64, Func<ReadOnlySpan<byte>, uint> checksum, (string Name, byte[] Content)[] entries)
    {
        var file = new List<byte>();
        var directory = new List<byte>();
        foreach ((string name, byte[] content) in entries)
        {
            byte[] nameBytes = Encoding.UTF8.GetBytes(name);
            Central(directory, nameBytes, checksum(content), content.Length, file.Count, zip64);
            Add(file, 0x04034B50u, (ushort)45, (ushort)0, (ushort)0, (ushort)0, (ushort)0, checksum(content), (uint)content.Length, (uint)content.Length,
                (ushort)nameBytes.Length, (ushort)0);
            file.AddRange(nameBytes);
            file.AddRange(content);
        }

        int begin = file.Count;
        file.AddRange(directory);
        if (zip64)
            EndZip64(file, begin, directory.Count, entries.Length);
        Add(file, 0x06054B50u, (ushort)0, (ushort)0, zip64 ? ushort.MaxValue : (ushort)entries.Length, zip64 ? ushort.MaxValue : (ushort)entries.Length,
            zip64 ? uint.MaxValue : (uint)directory.Count, zip64 ? uint.MaxValue : (uint)begin, (ushort)0);
        return [.. file];
    }

    private static void Central(List<byte> directory, byte[] name, uint checksum, int size, int offset, bool zip64)
    {
        uint narrowSize = zip64 ? uint.MaxValue : (uint)size, narrowOffset = zip64 ? uint.MaxValue : (uint)offset;
        Add(directory, 0x02014B50u, (ushort)45, (ushort)45, (ushort)0, (ushort)0, (ushort)0, (ushort)0, checksum, narrowSize, narrowSize,
            (ushort)name.Length, (ushort)(zip64 ? 28 : 0), (ushort)0, (ushort)0, (ushort)0, 0u, narrowOffset);
        directory.AddRange(name);
        if (zip64)
            Add(directory, (ushort)1, (ushort)24, (ulong)size, (ulong)size, (ulong)offset);
    }

    private static void EndZip64(List<byte> file, int begin, int length, int entries)
    {
        int at = file.Count;
        Add(file, 0x06064B50u, 44ul, (ushort)45, (ushort)45, 0u, 0u, (ulong)entries, (ulong)entries, (ulong)length, (ulong)begin);
        Add(file, 0x07064B50u, 0u, (ulong)at, 1u);
    }

    private static void Add(List<byte> bytes, params object[] fields)
    {
        Span<byte> field = stackalloc byte[8];
        foreach (object value in fields)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(field, Convert.ToUInt64(value, null));
            bytes.AddRange(field[..(value is ushort ? 2 : value is uint ? 4 : 8)]);
        }
    }
}
