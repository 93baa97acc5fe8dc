using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Makes one required symbol version of an ELF64 library optional, in a private copy, if the C++ runtime of this
/// machine does not define that version. Does nothing (Relaxed = false) where it does.
/// </summary>
/// <remarks>
/// The dynamic loader refuses a library whose .gnu.version_r section names a version it cannot find, unless that entry
/// carries VER_FLG_WEAK. No relocation of libLibTorchSharp.so is bound to the version in question, so the flag is enough.
/// Layout: System V ABI, Linux Standard Base "Symbol Versioning".
/// </remarks>
public class RelaxLibstdcxxVersion : Task
{
    const uint SectionTypeVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    const ushort WeakFlag = 2;                       // VER_FLG_WEAK

    static readonly string[] RuntimeFolders =
        { "/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib" };

    [Required] public string Source { get; set; }
    [Required] public string Destination { get; set; }
    [Required] public string Version { get; set; }
    [Output] public bool Relaxed { get; set; }

    public override bool Execute()
    {
        string runtime = RuntimeFolders.Select(f => Path.Combine(f, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        if (runtime == null || Contains(File.ReadAllBytes(runtime), Version))
            return true;

        byte[] library = File.ReadAllBytes(Source);
        if (!MakeOptional(library, Version))
        {
            Log.LogWarning("{0} does not ask for {1}; it is used as it is.", Source, Version);
            return true;
        }

        Relaxed = true;
        if (File.Exists(Destination) && File.ReadAllBytes(Destination).SequenceEqual(library))
            return true;
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.Delete(Destination); // never write through a link into the package cache
        File.WriteAllBytes(Destination, library);
        Log.LogMessage(MessageImportance.Normal, "{0} lacks {1}: the request of {2} for it is made optional.", runtime, Version, Path.GetFileName(Source));
        return true;
    }

    static bool Contains(byte[] bytes, string text)
    {
        return Encoding.GetEncoding("iso-8859-1").GetString(bytes).IndexOf(text + "\0", StringComparison.Ordinal) >= 0;
    }

    static bool MakeOptional(byte[] elf, string version)
    {
        bool found = false;
        int table = (int)BitConverter.ToInt64(elf, 0x28), size = BitConverter.ToUInt16(elf, 0x3A), count = BitConverter.ToUInt16(elf, 0x3C);
        for (int i = 0; i < count; i++)
        {
            int header = table + i * size;
            if (BitConverter.ToUInt32(elf, header + 4) != SectionTypeVersionNeeds)
                continue;
            int section = (int)BitConverter.ToInt64(elf, header + 0x18);
            int strings = (int)BitConverter.ToInt64(elf, table + (int)BitConverter.ToUInt32(elf, header + 0x28) * size + 0x18);
            int needs = (int)BitConverter.ToUInt32(elf, header + 0x2C);
            for (int need = section; needs-- > 0; need += (int)BitConverter.ToUInt32(elf, need + 12))
                found |= MakeOptionalInOneNeed(elf, need, strings, version);
        }
        return found;
    }

    static bool MakeOptionalInOneNeed(byte[] elf, int need, int strings, string version)
    {
        bool found = false;
        int entries = BitConverter.ToUInt16(elf, need + 2);
        for (int entry = need + (int)BitConverter.ToUInt32(elf, need + 8); entries-- > 0; entry += (int)BitConverter.ToUInt32(elf, entry + 12))
        {
            int name = strings + (int)BitConverter.ToUInt32(elf, entry + 8);
            int length = Array.IndexOf(elf, (byte)0, name) - name;
            if (Encoding.ASCII.GetString(elf, name, length) != version)
                continue;
            BitConverter.GetBytes(WeakFlag).CopyTo(elf, entry + 4);
            found = true;
        }
        return found;
    }
}
