using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>Collects the samples of a benchmark in file order and rejects duplicate ids.</summary>
internal sealed class SampleCollector
{
    private readonly ImmutableArray<Sample>.Builder _samples = ImmutableArray.CreateBuilder<Sample>();
    private readonly HashSet<SampleId> _ids = [];

    public void Add(AnnotationRecord record, Sample sample) => Add(sample, record.Malformed);

    /// <param name="sample">The sample.</param>
    /// <param name="malformed">Creates an error that names the sample's position.</param>
    public void Add(Sample sample, Func<string, PrerequisiteException> malformed)
    {
        if (!_ids.Add(sample.Id))
            throw malformed($"the sample '{sample.Id}' occurs twice; sample ids must be unique");
        _samples.Add(sample);
    }

    public ImmutableArray<Sample> ToImmutable(AnnotationFile file) => _samples.Count > 0
        ? _samples.DrainToImmutable()
        : throw new PrerequisiteException($"{file.Name}: expected at least one sample, found none. Download the file again; see the benchmark's README.");
}
