using CopyMc.Bench.Page;
using Plot = ScottPlot.Plot;

namespace CopyMc.Bench.Documents;

/// <summary>A document as a part of the HTML page.</summary>
internal sealed class HtmlDocument(HtmlText html) : Document
{
    /// <summary>Longer words are wrapped.</summary>
    private const int LongText = 24;

    private bool _isInSection;

    internal override bool IsPage => true;

    internal override void Section(string title)
    {
        EndSection();
        html.Raw("<section>\n").Element("h2", title).Raw("\n");
        _isInSection = true;
    }

    internal void EndSection()
    {
        if (_isInSection)
            html.Raw("</section>\n");
        _isInSection = false;
    }

    internal override void Heading(string title) => html.Element("h3", title);

    internal override void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        html.Raw("<div class=\"scroll\" tabindex=\"0\"><table class=\"facts\"><tbody>\n");
        foreach ((string name, string value) in facts)
            html.Raw("<tr>").Element("th", name).Element("td", value).Raw("</tr>\n");
        html.Raw("</tbody></table></div>\n");
    }

    internal override void Plot(string caption, Func<PlotSize, Plot> draw, IEnumerable<string> series, params IEnumerable<(string Name, string CssClass)> marks)
    {
        html.Raw("<figure>").Element("figcaption", caption);
        // For a wide and for a narrow screen: the style sheet shows one of them.
        foreach (PlotSize size in PlotSize.All)
            html.Raw(PlotSvg.Render(draw(size), size, html.NewId("plot"), caption)).Raw("\n");
        html.Raw("</figure>\n");
        Legend.Write(html, series, marks);
    }

    internal override void Details(string summary, Action write)
    {
        html.Raw("<details>").Element("summary", summary);
        write();
        html.Raw("</details>\n");
    }

    internal override void Draw(Action<HtmlText, Func<string, string>> draw) => draw(html, PathTo);

    protected override void Write(Line text)
    {
        html.Open("p");
        WriteParts(text);
        html.Close("p");
    }

    protected override void Write(TableContent table)
    {
        html.Raw("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
        foreach (TableContent.Column column in table.Columns)
            html.Element("th", column.Header, column.Kind == TableContent.Kind.Words ? "words" : null);
        html.Raw("</tr></thead><tbody>\n");
        string?[] classes = [.. table.Columns.Select((column, i) => column.Kind != TableContent.Kind.Words ? null
            : table.Rows.Any(row => row[i].Text.ToString().Length > LongText) ? "words long" : "words")];
        foreach (TableContent.Cell[] row in table.Rows)
        {
            html.Raw("<tr>");
            for (int i = 0; i < row.Length; i++)
                Write(row[i], classes[i], i == 0 ? "th" : "td");
            html.Raw("</tr>\n");
        }
        html.Raw("</tbody></table></div>\n");
    }

    private void Write(in TableContent.Cell cell, string? cssClass, string tag)
    {
        html.Open(tag, cell.Mark == Mark.None ? cssClass : $"{cssClass} {cell.Mark.ToString().ToLowerInvariant()}".TrimStart());
        WriteParts(cell.Text);
        cell.Draw?.Invoke(html);
        html.Close(tag);
    }

    private void WriteParts(Line text)
    {
        foreach (Line.Part part in text.Parts)
        {
            if (part.Path is { } path)
                html.Figure(path, part.Value, part.Text);
            else if (part.Strong)
                html.Element("strong", part.Text);
            else
                html.Text(part.Text);
        }
    }
}
