namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>The layout of records in an annotation file.</summary>
internal enum RecordLayout
{
    /// <summary>One JSON list of records.</summary>
    List,

    /// <summary>One JSON object whose property names are the records' keys.</summary>
    Keyed,

    /// <summary>One JSON value per line.</summary>
    Lines,

    /// <summary>One JSON object with the list of records in a property.</summary>
    Member,
}
