using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks.Formats;

/// <summary>A miniature of every official and prepared JSON layout; RefCOCO's pickle and CSV files have their own tests.</summary>
internal static class OfficialLayouts
{
    private const string Answers =
        """[{"answer_id": 1, "answer": "a", "answer_confidence": "yes"}, {"answer_id": 2, "answer": "b", "answer_confidence": "maybe"}]""";

    private static readonly string VqaAnnotations =
        $$"""{"annotations": [{"question_id": 10, "image_id": 1, "question_type": "is", "answer_type": "other", "answers": {{Answers}}}, {"question_id": 20, "image_id": 2, "answers": {{Answers}}}]}""";

    public static ImmutableArray<OfficialLayout> All { get; } =
    [
        new()
        {
            Name = "GQA, Stanford", Format = AnnotationFormat.Gqa, Split = "testdev", Shape = MiniatureShape.Keyed, Needed = ["imageId", "question", "answer"],
            Records =
            [
                ("01", """{"imageId": "n1", "question": "What?", "answer": "green", "isBalanced": true, "types": {"detailed": "attrQ", "semantic": "attr", "structural": "query"}, "groups": {"global": "color", "local": "x"}}"""),
                ("02", """{"imageId": "n1", "question": "Is it?", "answer": "no", "isBalanced": true, "groups": {"global": null, "local": "y"}}"""),
            ],
        },
        new()
        {
            Name = "GQA, LAVIS", Format = AnnotationFormat.Gqa, Split = "testdev", Shape = MiniatureShape.List, Needed = ["image", "question", "answer"],
            Records =
            [
                ("", """{"image": "n1.jpg", "question": "What?", "answer": "green", "question_id": "01"}"""),
                ("", """{"image": "n1.jpg", "question": "Is it?", "answer": "no", "question_id": 2}"""),
            ],
        },
        new()
        {
            Name = "VSR, votes as texts", Format = AnnotationFormat.Vsr, Split = "test", Shape = MiniatureShape.Lines,
            Needed = ["image", "caption", "label", "relation"], HasIds = false,
            Records =
            [
                ("", """{"image": "1.jpg", "image_link": "http://x/1.jpg", "caption": "A.", "label": 1, "relation": "under", "vote_true_validator_id": "[2, 7]", "vote_false_validator_id": "[]"}"""),
                ("", """{"image": "2.jpg", "caption": "B.", "label": 0, "relation": "on", "reference_frame": null, "vote_true_validator_id": "[11]", "vote_false_validator_id": "[2]"}"""),
            ],
        },
        new()
        {
            Name = "VSR, votes as lists", Format = AnnotationFormat.Vsr, Split = "test", Shape = MiniatureShape.List,
            Needed = ["image", "caption", "label", "relation"], HasIds = false,
            Records =
            [
                ("", """{"image": "1.jpg", "caption": "A.", "label": 1, "relation": "under", "vote_true_validator_id": [2, 7], "vote_false_validator_id": []}"""),
                ("", """{"image": "2.jpg", "caption": "B.", "label": 0, "relation": "on", "vote_true_validator_id": [11], "vote_false_validator_id": [2]}"""),
            ],
        },
        new()
        {
            Name = "IconQA, choose_txt", Format = AnnotationFormat.IconQa, Split = "val", Shape = MiniatureShape.Keyed,
            Needed = ["question", "choices", "answer", "ques_type"],
            Others = [("splits", """{"choose_txt_val": ["7", "8"], "fill_in_blank_val": []}"""), ("skills", """{"7": ["geometry"], "8": []}""")],
            Records =
            [
                ("7", """{"question": "Which?", "choices": ["slide", "turn"], "answer": 1, "ques_type": "choose_txt", "grade": "grade2", "label": "T.4"}"""),
                ("8", """{"question": "More?", "choices": ["cats", "dogs"], "answer": 0, "ques_type": "choose_txt", "grade": "prek", "label": "A.1"}"""),
            ],
        },
        new()
        {
            Name = "IconQA, list for MiniGPT-v2", Format = AnnotationFormat.IconQa, Split = "val", Shape = MiniatureShape.List,
            Needed = ["image_id", "question", "choices", "answer"],
            Records =
            [
                ("", """{"image_id": "7", "question": "Which?", "choices": ["slide", "turn"], "answer": 1}"""),
                ("", """{"image_id": 8, "question": "More?", "choices": ["cats", "dogs"], "answer": 0}"""),
            ],
        },
        new()
        {
            Name = "IconQA, fill_in_blank", Format = AnnotationFormat.IconQaBlanks, Split = "val", Shape = MiniatureShape.Keyed,
            Needed = ["question", "answer", "ques_type"],
            Others = [("splits", """{"fill_in_blank_val": ["7", "8"]}""")],
            Records =
            [
                ("7", """{"question": "How many?", "answer": "6", "ques_type": "fill_in_blank"}"""),
                ("8", """{"question": "Which?", "answer": "four", "ques_type": "fill_in_blank"}"""),
            ],
        },
        new()
        {
            Name = "IconQA, choose_img", Format = AnnotationFormat.IconQaImages, Split = "val", Shape = MiniatureShape.Keyed,
            Needed = ["question", "choices", "answer", "ques_type"],
            Others = [("splits", """{"choose_img_val": ["7", "8"]}""")],
            Records =
            [
                ("7", """{"question": "Which is more?", "choices": ["choice_0.png", "choice_1.png"], "answer": 1, "ques_type": "choose_img"}"""),
                ("8", """{"question": "Which comes next?", "choices": ["choice_0.png", "choice_1.png"], "answer": 0, "ques_type": "choose_img"}"""),
            ],
        },
        new()
        {
            Name = "VizWiz", Format = AnnotationFormat.VizWiz, Split = "val", Shape = MiniatureShape.List, Needed = ["image", "question", "answers"],
            Records =
            [
                ("", """{"image": "a.jpg", "question": "What?", "answers": [{"answer_confidence": "yes", "answer": "soup"}, {"answer_confidence": "no", "answer": "can"}], "answer_type": "other", "answerable": 1}"""),
                ("", """{"image": "b.jpg", "question": "On?", "answers": [{"answer_confidence": "yes", "answer": "unanswerable"}], "answer_type": "unanswerable", "answerable": 0}"""),
            ],
        },
        new()
        {
            Name = "Hateful Memes", Format = AnnotationFormat.HatefulMemes, Split = "dev", Shape = MiniatureShape.Lines,
            Needed = ["id", "img", "text", "label"],
            Records =
            [
                ("", """{"id": 8291, "img": "img/08291.png", "label": 1, "text": "one"}"""),
                ("", """{"id": "04590", "img": "img/04590.png", "label": 0, "text": ""}"""),
            ],
        },
        new()
        {
            Name = "VQA, annotations", Format = AnnotationFormat.Vqa, Split = "val2014", Shape = MiniatureShape.Member, List = "annotations",
            Needed = ["question_id", "image_id", "answers"],
            Others =
            [
                ("questions",
                """{"questions": [{"question_id": 10, "image_id": 1, "question": "What?"}, {"question_id": 20, "image_id": 2, "question": "Is it?"}]}"""),
            ],
            Records =
            [
                ("", $$"""{"question_id": 10, "image_id": 1, "question_type": "what", "answer_type": "other", "multiple_choice_answer": "a", "answers": {{Answers}}}"""),
                ("", $$"""{"question_id": 20, "image_id": 2, "question_type": "is it", "answer_type": "yes/no", "answers": {{Answers}}}"""),
            ],
        },
        new()
        {
            Name = "VQA, questions", Format = AnnotationFormat.Vqa, Split = "val2014", Role = "questions", Shape = MiniatureShape.Member, List = "questions",
            Needed = ["question_id", "image_id", "question"],
            Others = [("annotations", VqaAnnotations)],
            Records =
            [
                ("", """{"question_id": 10, "image_id": 1, "question": "What?"}"""),
                ("", """{"question_id": 20, "image_id": 2, "question": "Is it?"}"""),
            ],
        },
        new()
        {
            Name = "OK-VQA, list for MiniGPT-v2", Format = AnnotationFormat.Vqa, Split = "val2014", Role = "questions", Shape = MiniatureShape.List,
            Needed = ["question_id", "image_id", "question"],
            Others = [("annotations", VqaAnnotations)],
            Records =
            [
                ("", """{"image_id": 1, "question": "What?", "question_id": 10}"""),
                ("", """{"image_id": 2, "question": "Is it?", "question_id": 20}"""),
            ],
        },
        new()
        {
            Name = "RefCOCO, list for MiniGPT-v2", Format = AnnotationFormat.RefCoco, Split = "val", Shape = MiniatureShape.List,
            Needed = ["img_id", "sents", "bbox", "height", "width"], HasIds = false,
            Records =
            [
                ("", """{"img_id": "COCO_train2014_000000900001_4", "sents": "left man", "bbox": [10.5, 20.0, 100.0, 200.0], "height": 480, "width": 640}"""),
                ("", """{"img_id": "COCO_train2014_000000900002_0", "sents": "chair", "bbox": [1, 2, 3, 4], "height": 480, "width": 640}"""),
            ],
        },
    ];
}
