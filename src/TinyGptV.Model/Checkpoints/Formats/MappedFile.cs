using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>A whole file mapped read-only. Every access is bounds-checked, so no offset in a malicious file can reach outside it.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const int CopiedAtOnce = 8 << 20, NotNeeded = 4; // MADV_DONTNEED

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;
    private readonly byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile file)
    {
        Path = path;
        Length = length;
        _file = file;
        _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _handle = _view.SafeMemoryMappedViewHandle;
        _handle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    public static MappedFile Open(string path)
    {
        try
        {
            var description = new FileInfo(path);
            if (!description.Exists)
                throw new CheckpointException($"{path}: file not found. Check the path.");
            // Length 0 also covers pipes and devices; opening one could block forever.
            if (description.ResolveLinkTarget(true) is FileInfo target)
                description = target;
            if (description.Length == 0)
                throw new CheckpointException($"{path}: the file is empty. Download it again.");

            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return new MappedFile(path, stream.Length,
                MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {failure.Message}", failure);
        }
    }

    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        Check(offset, length);
        return new ReadOnlySpan<byte>(_start + offset, length);
    }

    public ReadOnlySpan<byte> FirstBytes(int atMost) => Bytes(0, (int)Math.Min(atMost, Length));

    public ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(offset, 2));

    public uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(offset, 4));

    public ulong UInt64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(offset, 8));

    /// <summary>The CRC-32 of file content, as zip archives have it.</summary>
    public uint Crc32(long offset, long length)
    {
        Check(offset, length);
        var crc = new Crc32();
        for (long done = 0; done < length; done += CopiedAtOnce)
            crc.Append(new ReadOnlySpan<byte>(_start + offset + done, (int)Math.Min(CopiedAtOnce, length - done)));
        return crc.GetCurrentHashAsUInt32();
    }

    /// <summary>Copies file content into a new tensor, without an intermediate buffer.</summary>
    public torch.Tensor ReadTensor(long offset, torch.ScalarType type, ReadOnlySpan<long> shape)
    {
        torch.Tensor tensor = torch.empty(shape, dtype: type, device: torch.CPU);
        try
        {
            long bytes = tensor.NumberOfElements * tensor.ElementSize;
            Check(offset, bytes);
            if (bytes == 0)
                return tensor;

            // A span over the whole tensor is limited to 2 GiB; a span over its first element gives the address just as well.
            using torch.Tensor flat = tensor.view(-1), first = flat.narrow(0, 0, 1);
            fixed (byte* destination = first.bytes)
                Copy(offset, destination, bytes);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        _handle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Copies in pieces and releases each copied page; otherwise the whole file would count as this process's memory.</summary>
    private void Copy(long offset, byte* destination, long length)
    {
        for (long done = 0; done < length; done += CopiedAtOnce)
        {
            long piece = Math.Min(CopiedAtOnce, length - done);
            byte* source = _start + offset + done;
            Buffer.MemoryCopy(source, destination + done, piece, piece);
            if (!OperatingSystem.IsLinux())
                continue;
            byte* page = (byte*)((nuint)source & ~((nuint)Environment.SystemPageSize - 1));
            _ = Advise(page, (nuint)(source + piece - page), NotNeeded); // only a hint: pages needed again are read again
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private void Check(long offset, long length)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        if (offset < 0 || length < 0 || length > Length - offset)
            throw new CheckpointException($"{Path}: expected {length} bytes at offset {offset}, but the file has only {Length}. Download it again.");
    }
}
