using System.Collections.Immutable;
using System.Text;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

public sealed class VqaAnnotationsTests
{
    private const string Questions = """
        {"info": {"questions": []}, "task_type": "Open-Ended", "data_type": "mscoco", "data_subtype": "val2014", "license": {},
         "questions": [{"image_id": 900001, "question": "Is the bench green?", "question_id": 900001000},
                       {"image_id": 900001, "question": "How many dogs are there?", "question_id": 900001001}]}
        """;

    private const string Annotations = """
        {"info": {}, "data_type": "mscoco", "data_subtype": "val2014", "license": {},
         "annotations": [
          {"question_id": 900001001, "image_id": 900001, "question_type": "how many", "answer_type": "number", "multiple_choice_answer": "2",
           "answers": [{"answer": "3", "answer_confidence": "maybe", "answer_id": 1}, {"answer": "2", "answer_confidence": "yes", "answer_id": 2}, {"answer": "2", "answer_confidence": "yes", "answer_id": 3}]},
          {"question_id": 900001000, "image_id": 900001, "question_type": "is the", "answer_type": "yes/no", "multiple_choice_answer": "yes",
           "answers": [{"answer": "yes", "answer_confidence": "yes", "answer_id": 1}, {"answer": "", "answer_confidence": "no", "answer_id": 2}]}]}
        """;

    private const string Trucks = """
        {"annotations": [
          {"image_id": 42, "question_id": 425, "question_type": "one", "answer_type": "other", "confidence": 3,
           "answers": [{"answer_id": 1, "raw_answer": "hauling", "answer": "haul", "answer_confidence": "yes"}]}],
         "question_types": {"one": "Vehicles and Transportation", "eight": "Plants and Animals"}}
        """;

    private const string Prepared = """[{"image_id": 42, "question": "What is this truck doing?", "question_id": 425}]""";

    [Fact]
    public async Task Read_OfficialFiles_JoinsThemInTheOrderOfQuestions()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(
            AnnotationFormat.Vqa, "val2014", ("annotations", Annotations), ("questions", Questions));

        Assert.Equal(["900001000", "900001001"], samples.Select(sample => sample.Id.Value));
        Assert.Equal(["000000900001.jpg", "000000900001.jpg"], samples.Select(sample => sample.Image.Path));
        Assert.Equal(["Is the bench green?", "How many dogs are there?"], samples.Select(sample => sample.Question));
        Assert.Equal(["yes", "2"], samples.Select(sample => sample.Target));
        Assert.Equal([new ReferenceAnswer("3", "maybe"), new ReferenceAnswer("2", "yes"), new ReferenceAnswer("2", "yes")], samples[1].Answers!.Value);
        Assert.Equal([new Slice("answer type", "yes/no"), new Slice("question type", "is the")], samples[0].Slices);
    }

    [Fact]
    public async Task Read_OkVqa_NamesCategoriesAndKeepsRawAnswers()
    {
        ImmutableArray<Sample> samples = await AnnotationFiles.ReadAsync(AnnotationFormat.Vqa, "val2014", ("annotations", Trucks), ("questions", Prepared));

        Sample truck = Assert.Single(samples);
        Assert.Equal(("425", "000000000042.jpg", "haul"), (truck.Id.Value, truck.Image.Path, truck.Target));
        Assert.Equal([new ReferenceAnswer("haul", "yes", "hauling")], truck.Answers!.Value);
        Assert.Equal([new Slice("category", "Vehicles and Transportation")], truck.Slices);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public async Task Read_AnyPortionsByteOrderMarkAndLineEnds_GivesTheSameSamples(int bytesAtOnce)
    {
        ImmutableArray<Sample> expected = await AnnotationFiles.ReadAsync(
            AnnotationFormat.Vqa, "val2014", ("annotations", Annotations), ("questions", Questions));

        ImmutableArray<Sample> actual = await AnnotationReader.ReadAsync(
            AnnotationFiles.Definition(AnnotationFormat.Vqa, "val2014"),
            role => new AnnotationFile(role, new DripStream(Windows(role == "questions" ? Questions : Annotations), bytesAtOnce)),
            TestContext.Current.CancellationToken);

        Assert.Equal(expected.Select(Flat), actual.Select(Flat));
    }

    [Theory]
    [InlineData(Annotations, """{"info": {}, "license": {}}""", "questions.json: expected an object with the list 'questions', found info, license")]
    [InlineData(Annotations, "{}", "questions.json: expected an object with the list 'questions', found nothing")]
    [InlineData(Annotations, """{"questions": {}}""", "questions.json: expected a list of records in 'questions', found another value at line 1")]
    [InlineData(Annotations, """{"questions": [{"question_id": 1,""", "questions.json: expected JSON, found an error after 0 complete records")]
    [InlineData(Annotations, """{"questions": [""", "questions.json: expected JSON, found an error after 0 complete records")]
    [InlineData(Annotations, """{"questions": """, "questions.json: expected JSON, found an error after 0 complete records")]
    [InlineData(
        Annotations, """{"questions": [{"question_id": 7, "image_id": 1, "question": "Q"}]}""",
        "questions.json, record 1 (line 1): the question '7' has no annotation in annotations.json")]
    [InlineData(
        Annotations, """{"questions": [{"question_id": 900001000, "image_id": 900001, "question": "Q"}]}""",
        "annotations.json: expected the question '900001001' in questions.json, found no such record")]
    [InlineData(
        Annotations, """{"questions": [{"question_id": 900001000, "image_id": 5, "question": "Q"}]}""",
        "field 'image_id': expected 900001, as in the annotation of '900001000', found 5")]
    [InlineData(
        Annotations, """[{"question_id": 900001000, "image_id": 900001}]""",
        "questions.json, record 1 (line 1): field 'question': expected a value, found no such field")]
    [InlineData("[]", Questions, "annotations.json: expected an object with the list 'annotations', found a list")]
    [InlineData("""{"annotations": [7]}""", Questions, "annotations.json, record 1 (line 1): expected an object with the fields of a sample, found 7")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": -1, "answers": [{"answer": "a"}]}]}""", Questions,
        "field 'image_id': expected an integer from 0 to 2147483647, found -1")]
    [InlineData("""{"annotations": [{"question_id": 1, "image_id": 1}]}""", Questions, "no field 'answers'")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": 1, "answers": [{"answer": "a", "answer_id": 1}, {"answer": "a", "answer_id": 1}]}]}""", Questions,
        "field 'answers': expected unique 'answer_id' values, found '1' twice")]
    [InlineData("""{"annotations": [{"question_id": 1, "image_id": 1, "answers": [{"answer": "a"}]}, {"question_id": "1", "image_id": 1, "answers": [{"answer": "a"}]}]}""", Questions, "record 2 (line 1): the question '1' occurs twice")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": 1, "question_type": "x", "answers": [{"answer": "a"}]}], "question_types": {"one": "V"}}""",
        Questions, "record 'question_types': expected the type 'x' of the question '1', found one")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": 1, "answers": [{"answer": "a"}]}], "question_types": {"one": 1}}""", Questions,
        "record 'question_types': field 'one': expected a string, found 1")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": 1, "answers": [{"answer": "a"}]}], "question_types": {"one": "V", "one": "W"}}""", Questions,
        "record 'question_types': field 'one' occurs twice")]
    [InlineData(
        """{"annotations": [{"question_id": 1, "image_id": 1, "answers": [{"answer": "a"}]}], "question_types": []}""", Questions,
        "record 'question_types': expected an object with string values, found a list")]
    public async Task Read_MalformedFiles_NamesFileRecordAndField(string annotations, string questions, string expected) =>
        Assert.Contains(expected, await AnnotationFiles.RefusalAsync(
            AnnotationFormat.Vqa, "val2014", ("annotations", annotations), ("questions", questions)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_AnnotationsWithoutQuestions_AsksForThem() =>
        Assert.Contains(
            "has no questions file", await AnnotationFiles.RefusalAsync(AnnotationFormat.Vqa, "val2014", ("annotations", Annotations)),
            StringComparison.Ordinal);

    private static byte[] Windows(string text) => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n") + "\r\n")];

    private static string Flat(Sample sample) =>
        $"{sample.Id}|{sample.Image}|{sample.Question}|{string.Join(',', sample.Answers!.Value)}|{string.Join(',', sample.Slices)}";
}
