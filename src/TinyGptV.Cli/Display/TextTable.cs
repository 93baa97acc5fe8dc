namespace TinyGptV.Cli.Display;

/// <summary>A text table: a line of headings, a rule, one line per row; columns are as wide as their widest cell.</summary>
/// <param name="headings">The headings. A leading <c>&gt;</c> right-aligns the column, for numbers.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"A row has {headings.Length} cells; found {cells.Length}.", nameof(cells));
        _rows.Add(cells);
    }

    public async Task WriteToAsync(TextWriter output)
    {
        string[] titles = [.. headings.Select(heading => heading.TrimStart('>'))];
        int[] widths = [.. titles.Select((title, column) => _rows.Select(row => row[column].Length).Append(title.Length).Max())];
        await output.WriteLineAsync(Line(titles, widths));
        await output.WriteLineAsync(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (string[] row in _rows)
            await output.WriteLineAsync(Line(row, widths));
    }

    private string Line(string[] cells, int[] widths) => string.Join("  ", cells.Select((cell, column) =>
        headings[column].StartsWith('>') ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd();
}
