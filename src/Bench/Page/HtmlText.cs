using System.Globalization;
using System.Net;
using System.Text;

namespace CopyMc.Bench.Page;

/// <summary>HTML as it is written: text is escaped, and every figure carries where in which result it stands.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();
    private int _ids;

    public override string ToString() => _text.ToString();

    /// <summary>Markup, as it is.</summary>
    internal HtmlText Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    internal HtmlText Text(string text) => Raw(WebUtility.HtmlEncode(text));

    /// <summary>An element that holds text.</summary>
    internal HtmlText Element(string tag, string text, string? cssClass = null) => Open(tag, cssClass).Text(text).Close(tag);

    internal HtmlText Open(string tag, string? cssClass = null) => Raw(cssClass is null ? $"<{tag}>" : $"<{tag} class=\"{cssClass}\">");

    internal HtmlText Close(string tag) => Raw($"</{tag}>");

    /// <summary>A number as people read it, with the one of the JSON beside it.</summary>
    /// <param name="path">Where the JSON has it: <c>throughput.points[0].copyBytes</c>.</param>
    /// <param name="value">The number there.</param>
    /// <param name="shown">How it is shown.</param>
    internal HtmlText Figure(string path, double value, string shown) => Raw(
        string.Create(CultureInfo.InvariantCulture, $"<data data-json=\"{WebUtility.HtmlEncode(path)}\" value=\"{value:R}\">")).Text(shown).Close("data");

    /// <summary>A cell of a table that holds a figure.</summary>
    internal HtmlText Cell(string path, double value, string shown) => Open("td").Figure(path, value, shown).Close("td");

    /// <summary>A name for an element, which no other one has.</summary>
    internal string NewId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{++_ids}");

    /// <summary>A table that is as wide as it must be, in a box that scrolls where the page is narrower.</summary>
    internal HtmlText OpenTable(params IEnumerable<string> headers)
    {
        Raw("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
        foreach (string header in headers)
            Element("th", header, header is "verdict" or "method" or "" or "here" or "needs or used for" ? "words" : null);
        return Raw("</tr></thead><tbody>\n");
    }

    internal HtmlText CloseTable() => Raw("</tbody></table></div>\n");

    /// <summary>A row of names and values.</summary>
    internal HtmlText Row(string name, string value) => Raw("<tr>").Element("th", name).Element("td", value).Raw("</tr>\n");
}
