using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// IconQA's three sub-tasks: the official <c>problems.json</c> (keyed by problem id) with the file that assigns problems to splits, or for choose_txt the list
/// prepared for MiniGPT-v2, which is a single split. Skills come from an optional third file.
/// </summary>
internal static class IconQaAnnotations
{
    private const string ChooseText = "choose_txt";
    private const string FillInBlank = "fill_in_blank";
    private const string ChooseImage = "choose_img";

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        AnnotationFile annotations, Func<AnnotationFile> openSplits, Func<AnnotationFile?> openSkills, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(annotations);
        bool official = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> problems =
            official ? await ReadSplitAsync(openSplits(), $"{ChooseText}_{split}", cancellationToken).ConfigureAwait(false) : [];
        Dictionary<string, ImmutableArray<string>> skills = await ReadSkillsAsync(openSkills(), cancellationToken).ConfigureAwait(false);
        return official
            ? await ReadOfficialAsync(annotations, records, problems, ChooseText, (record, id) => ToChoice(record, id, skills), cancellationToken)
                .ConfigureAwait(false)
            : await ReadPreparedAsync(annotations, records, skills, cancellationToken).ConfigureAwait(false);
    }

    public static ValueTask<ImmutableArray<Sample>> ReadBlanksAsync(
        AnnotationFile annotations, Func<AnnotationFile> openSplits, Func<AnnotationFile?> openSkills, string split, CancellationToken cancellationToken) =>
        ReadOfficialOnlyAsync(annotations, openSplits, openSkills, FillInBlank, split, ToBlank, cancellationToken);

    /// <summary>The choices are file names of images beside the problem's own.</summary>
    public static ValueTask<ImmutableArray<Sample>> ReadImagesAsync(
        AnnotationFile annotations, Func<AnnotationFile> openSplits, Func<AnnotationFile?> openSkills, string split, CancellationToken cancellationToken) =>
        ReadOfficialOnlyAsync(annotations, openSplits, openSkills, ChooseImage, split, ToChoice, cancellationToken);

    private static async ValueTask<ImmutableArray<Sample>> ReadOfficialOnlyAsync(
        AnnotationFile annotations, Func<AnnotationFile> openSplits, Func<AnnotationFile?> openSkills, string subTask, string split,
        Func<AnnotationRecord, string, Dictionary<string, ImmutableArray<string>>, Sample> toSample, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(annotations);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{annotations.Name}: expected the official problems.json, an object keyed by problem, found a list. "
                + "See the benchmark's README for where to get it.");
        ImmutableArray<string> problems = await ReadSplitAsync(openSplits(), $"{subTask}_{split}", cancellationToken).ConfigureAwait(false);
        Dictionary<string, ImmutableArray<string>> skills = await ReadSkillsAsync(openSkills(), cancellationToken).ConfigureAwait(false);
        return await ReadOfficialAsync(annotations, records, problems, subTask, (record, id) => toSample(record, id, skills), cancellationToken)
            .ConfigureAwait(false);
    }

    private static async ValueTask<ImmutableArray<Sample>> ReadOfficialAsync(
        AnnotationFile file, JsonRecords records, ImmutableArray<string> problems, string subTask, Func<AnnotationRecord, string, Sample> toSample,
        CancellationToken cancellationToken)
    {
        Dictionary<string, Sample?> samples = problems.ToDictionary(id => id, Sample? (_) => null);
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.Keyed, cancellationToken).ConfigureAwait(false))
        {
            if (!samples.TryGetValue(record.Key, out Sample? earlier))
                continue;
            if (earlier is not null)
                throw record.Malformed($"the sample '{record.Key}' occurs twice; sample ids must be unique");
            if (record.Text("ques_type") is var kind && kind != subTask)
                throw record.Malformed($"field 'ques_type': expected '{subTask}', because the split lists this problem; found '{kind}'");
            samples[record.Key] = toSample(record, record.Key);
        }

        // In the order of the split, not of the problems.
        return [.. problems.Select(id => samples[id] ?? throw new PrerequisiteException(
            $"{file.Name}: expected the problem '{id}', which the split lists; found no such record. Download both files again, from one release."))];
    }

    private static async ValueTask<ImmutableArray<Sample>> ReadPreparedAsync(
        AnnotationFile file, JsonRecords records, Dictionary<string, ImmutableArray<string>> skills, CancellationToken cancellationToken)
    {
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToChoice(record, record.Identity("image_id"), skills));
        return samples.ToImmutable(file);
    }

    private static Sample ToBlank(AnnotationRecord record, string id, Dictionary<string, ImmutableArray<string>> skills) => new()
    {
        Id = new SampleId(id),
        Image = new ImageReference(id + "/image.png"),
        Question = record.Text("question"),
        Target = record.Identity("answer"),
        Slices = [Words(record), .. Skills(id, skills)],
    };

    private static Sample ToChoice(AnnotationRecord record, string id, Dictionary<string, ImmutableArray<string>> skills)
    {
        ImmutableArray<string> choices = record.Texts("choices");
        if (choices.Length < 2)
            throw record.Malformed($"field 'choices': expected at least 2 choices, found {choices.Length}");
        return new Sample
        {
            Id = new SampleId(id),
            Image = new ImageReference(id + "/image.png"),
            Question = record.Text("question"),
            Target = record.Index("answer", choices.Length - 1).ToString(CultureInfo.InvariantCulture),
            Choices = choices,
            Slices = [Slice.OfNumber("choices", choices.Length), Words(record), .. Skills(id, skills)],
        };
    }

    private static IEnumerable<Slice> Skills(string id, Dictionary<string, ImmutableArray<string>> skills) =>
        skills.GetValueOrDefault(id, []).Select(skill => new Slice("skill", skill));

    /// <summary>The question length as the official evaluation counts it: split at single spaces, with the possessive 's as a word.</summary>
    private static Slice Words(AnnotationRecord record) => Slice.OfNumber(
        "words", record.Text("question").Replace(",", "").Replace("?", "").Replace("'s", " 's").Split(' ').Length);

    private static async ValueTask<ImmutableArray<string>> ReadSplitAsync(AnnotationFile file, string wanted, CancellationToken cancellationToken)
    {
        List<string> found = [];
        ImmutableArray<string> problems = [];
        await foreach (AnnotationRecord record in ReadKeyedAsync(file, cancellationToken).ConfigureAwait(false))
        {
            found.Add(record.Key);
            if (record.Key == wanted)
                problems = WithoutRepetition(record);
        }

        return !problems.IsEmpty ? problems : throw new PrerequisiteException(
            $"{file.Name}: expected a list of problems under '{wanted}', found {(found.Contains(wanted) ? "an empty list" : string.Join(", ", found))}. "
            + "Correct \"split\" in benchmark.json, or download the file again.");
    }

    private static ImmutableArray<string> WithoutRepetition(AnnotationRecord split)
    {
        ImmutableArray<string> problems = split.AsTexts();
        string? repeated = problems.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null ? problems : throw split.Malformed($"the problem '{repeated}' is listed twice");
    }

    private static async ValueTask<Dictionary<string, ImmutableArray<string>>> ReadSkillsAsync(AnnotationFile? file, CancellationToken cancellationToken)
    {
        Dictionary<string, ImmutableArray<string>> skills = [];
        if (file is null)
            return skills;
        await foreach (AnnotationRecord record in ReadKeyedAsync(file, cancellationToken).ConfigureAwait(false))
            skills[record.Key] = [.. record.AsTexts().Distinct()];
        return skills;
    }

    private static async IAsyncEnumerable<AnnotationRecord> ReadKeyedAsync(
        AnnotationFile file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected a JSON object keyed by name, found a list. Download the file again; see the benchmark's README.");
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.Keyed, cancellationToken).ConfigureAwait(false))
            yield return record;
    }
}
