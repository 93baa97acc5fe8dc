using System.Text;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>One stored (uncompressed) entry of a zip file.</summary>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Crc">Their CRC-32; 0 if it was not computed, which PyTorch has an option for.</param>
internal readonly record struct ZipEntry(long Offset, long Length, uint Crc);

/// <summary>
/// The directory of an uncompressed zip file, as PyTorch writes it. Supports ZIP64; rejects compressed or encrypted entries.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054B50, Zip64LocatorSignature = 0x07064B50, Zip64EndSignature = 0x06064B50;
    private const uint CentralSignature = 0x02014B50, LocalSignature = 0x04034B50;
    private const int EndLength = 22, Zip64LocatorLength = 20, Zip64EndLength = 56, CentralLength = 46, LocalLength = 30;
    private const uint InZip64 = uint.MaxValue;

    public static Dictionary<string, ZipEntry> Read(MappedFile file)
    {
        (long position, long end) = FindCentralDirectory(file);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        while (position < end)
        {
            (string name, ZipEntry entry, int length) = ReadCentral(file, position);
            if (!entries.TryAdd(name, entry))
                throw new CheckpointException($"{file.Path}: the zip archive contains {name} twice.");
            position += length;
        }

        return entries;
    }

    private static (long Begin, long End) FindCentralDirectory(MappedFile file)
    {
        long at = FindEnd(file);
        (long length, long begin) = (file.UInt32(at + 12), file.UInt32(at + 16));
        if (at >= Zip64LocatorLength && file.UInt32(at - Zip64LocatorLength) == Zip64LocatorSignature)
        {
            at = Position(file, file.UInt64(at - Zip64LocatorLength + 8), Zip64EndLength);
            if (file.UInt32(at) != Zip64EndSignature)
                throw Damaged(file, $"no ZIP64 end record at byte {at}");
            (length, begin) = (Position(file, file.UInt64(at + 40), 0), Position(file, file.UInt64(at + 48), 0));
        }

        if (begin > at || length > at - begin)
            throw Damaged(file, $"a directory of {length} bytes at byte {begin} does not fit before byte {at}");
        return (begin, begin + length);
    }

    private static long FindEnd(MappedFile file)
    {
        // The end record is last in the file, followed only by a comment of at most 64 KiB.
        for (long at = file.Length - EndLength, last = Math.Max(0, at - ushort.MaxValue); at >= last; at--)
            if (file.UInt32(at) == EndSignature && at + EndLength + file.UInt16(at + 20) == file.Length)
                return at;
        throw new CheckpointException($"{file.Path}: begins like a PyTorch zip archive but has no end record ({file.Length} bytes). " +
            "It is incomplete; download it again.");
    }

    private static (string Name, ZipEntry Entry, int Length) ReadCentral(MappedFile file, long at)
    {
        if (file.UInt32(at) != CentralSignature)
            throw Damaged(file, $"no directory entry at byte {at}");
        ushort flags = file.UInt16(at + 8), method = file.UInt16(at + 10);
        int nameLength = file.UInt16(at + 28), extraLength = file.UInt16(at + 30), commentLength = file.UInt16(at + 32);
        string name = Encoding.UTF8.GetString(file.Bytes(at + CentralLength, nameLength));
        if (method != 0 || (flags & 1) != 0)
            throw new CheckpointException($"{file.Path}: entry {name} is compressed or encrypted; PyTorch does neither. " +
                "Use the file as torch.save wrote it.");

        (long size, long stored, long local) = Sizes(file, at, file.Bytes(at + CentralLength + nameLength, extraLength));
        if (size != stored)
            throw Damaged(file, $"entry {name} has two sizes, {size} and {stored}");
        return (name, Locate(file, name, local, size, file.UInt32(at + 16)), CentralLength + nameLength + extraLength + commentLength);
    }

    private static (long Size, long Stored, long Local) Sizes(MappedFile file, long at, ReadOnlySpan<byte> extra)
    {
        uint stored = file.UInt32(at + 20), size = file.UInt32(at + 24), local = file.UInt32(at + 42);
        ReadOnlySpan<byte> wide = Zip64Extra(extra);
        return (Next(file, size, ref wide), Next(file, stored, ref wide), Next(file, local, ref wide));
    }

    private static ReadOnlySpan<byte> Zip64Extra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BitConverter.ToUInt16(extra), length = Math.Min(BitConverter.ToUInt16(extra[2..]), extra.Length - 4);
            if (id == 1)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static long Next(MappedFile file, uint narrow, ref ReadOnlySpan<byte> wide)
    {
        if (narrow != InZip64 || wide.Length < 8)
            return narrow;
        ulong value = BitConverter.ToUInt64(wide);
        wide = wide[8..];
        return Position(file, value, 0);
    }

    private static ZipEntry Locate(MappedFile file, string name, long local, long size, uint crc)
    {
        if (local > file.Length - LocalLength || file.UInt32(local) != LocalSignature)
            throw Damaged(file, $"entry {name} does not begin at byte {local}");
        long offset = local + LocalLength + file.UInt16(local + 26) + file.UInt16(local + 28);
        if (size > file.Length - offset)
            throw Damaged(file, $"entry {name} of {size} bytes does not fit at byte {offset}");
        return new ZipEntry(offset, size, crc);
    }

    private static long Position(MappedFile file, ulong value, int needed) =>
        value <= (ulong)Math.Max(0, file.Length - needed) ? (long)value : throw Damaged(file, $"offset or size {value} exceeds its {file.Length} bytes");

    private static CheckpointException Damaged(MappedFile file, string what) => new($"{file.Path}: the zip archive is damaged: {what}. Download it again.");
}
