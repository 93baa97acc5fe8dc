namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>How records lie in an annotation file.</summary>
internal enum RecordLayout
{
    /// <summary>One JSON list of records.</summary>
    List,

    /// <summary>One JSON object whose property names are the records' keys.</summary>
    Keyed,

    /// <summary>One JSON value after the other, one on each line.</summary>
    Lines,

    /// <summary>One JSON object of which one property is the list of records.</summary>
    Member,
}
