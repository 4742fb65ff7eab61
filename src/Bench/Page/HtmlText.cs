using System.Globalization;
using System.Net;
using System.Text;

namespace CopyMc.Bench.Page;

/// <summary>HTML while it is written: text is escaped, and every figure has its place in the JSON of the result.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();
    private int _ids;

    public override string ToString() => _text.ToString();

    /// <summary>Appends markup unchanged.</summary>
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

    /// <summary>A number as people read it, with the number of the JSON as an attribute.</summary>
    /// <param name="path">Where the JSON has it: <c>throughput.points[0].copyBytes</c>.</param>
    /// <param name="value">The number there.</param>
    /// <param name="shown">How it is shown.</param>
    internal HtmlText Figure(string path, double value, string shown) => Raw(
        string.Create(CultureInfo.InvariantCulture, $"<data data-json=\"{WebUtility.HtmlEncode(path)}\" value=\"{value:R}\">")).Text(shown).Close("data");

    /// <summary>A unique id for an element.</summary>
    internal string NewId(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{++_ids}");
}
