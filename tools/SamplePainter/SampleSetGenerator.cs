namespace TinyGptV.SamplePainter;

/// <summary>
/// Generates the sample benchmarks: drawn pictures with questions whose answers follow from the drawing, in the official formats. The same
/// seed gives the same bytes.
/// </summary>
internal static class SampleSetGenerator
{
    /// <summary>The seed of the set in <c>benchmarks-data/sample</c>.</summary>
    public const ulong DefaultSeed = 2312_16862;

    /// <summary>Generates all files. Their paths begin with the benchmark's name.</summary>
    /// <param name="seed">The seed.</param>
    /// <returns>The files of GQA, VSR and IconQA.</returns>
    public static IEnumerable<SampleFile> Make(ulong seed)
    {
        // Each benchmark has its own random stream, so that changing one does not change the others.
        IEnumerable<SampleFile>[] contents = [GqaSampleSet.Make(seed), VsrSampleSet.Make(seed + 1000), IconQaSampleSet.Make(seed + 2000)];
        return SampleDefinitions.All.Zip(contents).SelectMany(set =>
            set.Second.Prepend(SampleDefinitions.FileOf(set.First)).Select(file => file with { Path = $"{set.First.Name}/{file.Path}" }));
    }

    /// <summary>Writes all files to a folder, which is created if absent; existing files are overwritten.</summary>
    /// <param name="folder">The folder, for example <c>benchmarks-data/sample</c>.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The number of files written.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Write(string folder, ulong seed = DefaultSeed)
    {
        int written = 0;
        foreach (SampleFile file in Make(seed))
        {
            string path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Content);
            written++;
        }

        return written;
    }
}
