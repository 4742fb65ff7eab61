using System.Runtime.CompilerServices;
using CopyMc.Bench.Page;
using Plot = ScottPlot.Plot;

namespace CopyMc.Bench.Documents;

/// <summary>What a result says, written once for the console and for the page.</summary>
internal abstract class Document
{
    private string _path = "";

    /// <summary>Whether this is the page, which has room for rows that would fill a console.</summary>
    internal abstract bool IsPage { get; }

    internal abstract void Section(string title);

    internal abstract void Heading(string title);

    /// <summary>An empty line on the console.</summary>
    internal virtual void Space()
    {
    }

    internal void Paragraph(Line text) => Write(text.Under(_path));

    /// <summary>Names with their values.</summary>
    internal abstract void Facts(IEnumerable<(string Name, string Value)> facts);

    /// <summary>A table with a row for each element of a list of the result.</summary>
    /// <param name="rows">The list.</param>
    /// <param name="columns">Adds the columns.</param>
    /// <param name="member">Written by the compiler.</param>
    internal void Table<T>(IReadOnlyList<T> rows, Action<Columns<T>> columns, [CallerArgumentExpression(nameof(rows))] string member = "") =>
        TableAt(rows.Select((row, i) => ($"{Figure.PathOf(member)}[{i}]", row)), columns);

    /// <summary>A table with rows from anywhere in the result.</summary>
    /// <param name="rows">The rows, and where the JSON has them.</param>
    /// <param name="columns">Adds the columns.</param>
    internal void TableAt<T>(IEnumerable<(string Path, T Row)> rows, Action<Columns<T>> columns)
    {
        var all = new Columns<T>();
        columns(all);
        Write(all.Of(rows.Select(row => (PathTo(row.Path), row.Row))));
    }

    /// <summary>A plot with its legend, on the page only.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="draw">Draws it in a size.</param>
    /// <param name="series">The names of the series, in the order of their colours.</param>
    /// <param name="marks">What else is drawn, and its class in the style sheet.</param>
    internal virtual void Plot(string caption, Func<PlotSize, Plot> draw, IEnumerable<string> series, params IEnumerable<(string Name, string CssClass)> marks)
    {
    }

    /// <summary>HTML, on the page only.</summary>
    /// <param name="draw">Is given the page, and what to put before the paths of figures.</param>
    internal virtual void Draw(Action<HtmlText, Func<string, string>> draw)
    {
    }

    /// <summary>A part that the page shows on request.</summary>
    internal virtual void Details(string summary, Action write) => write();

    /// <summary>Writes about a member of the result: the paths of its figures start there.</summary>
    internal void Within(string member, Action write)
    {
        string outer = _path;
        _path = PathTo(member);
        write();
        _path = outer;
    }

    protected abstract void Write(Line text);

    protected abstract void Write(TableContent table);

    protected string PathTo(string member) => _path.Length == 0 || member.Length == 0 ? _path + member : $"{_path}.{member}";
}
