namespace TinyGptV.SamplePainter;

/// <summary>
/// Makes the sample benchmarks: drawn pictures with questions whose answers follow from what was drawn, in the layouts of the official downloads. The same
/// seed gives the same bytes.
/// </summary>
internal static class SampleSetGenerator
{
    /// <summary>The seed of the set in <c>benchmarks-data/sample</c>.</summary>
    public const ulong DefaultSeed = 2312_16862;

    /// <summary>Makes all files, paths beginning with the benchmark's name.</summary>
    /// <param name="seed">The seed.</param>
    /// <returns>The files of GQA, VSR and IconQA.</returns>
    public static IEnumerable<SampleFile> Make(ulong seed)
    {
        // Every benchmark has its own stream of numbers, so that a change of one leaves the others as they are.
        IEnumerable<SampleFile>[] contents = [GqaSampleSet.Make(seed), VsrSampleSet.Make(seed + 1000), IconQaSampleSet.Make(seed + 2000)];
        return SampleDefinitions.All.Zip(contents, (definition, files) =>
            files.Prepend(SampleDefinitions.FileOf(definition)).Select(file => file with { Path = $"{definition.Name}/{file.Path}" })).SelectMany(files => files);
    }

    /// <summary>Writes all files below a folder, which is made if it is absent; files of the same names are replaced.</summary>
    /// <param name="folder">The folder, for example <c>benchmarks-data/sample</c>.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>How many files were written.</returns>
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
