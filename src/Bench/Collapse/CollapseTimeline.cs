using System.Globalization;
using CopyMc.Bench.Page;

namespace CopyMc.Bench.Collapse;

/// <summary>One range's collapse, drawn as it went: the steps downwards, and, if it was given up, what took them back, after a turn.</summary>
internal static class CollapseTimeline
{
    /// <summary>In the units of the text: what fits a phone.</summary>
    private const int Width = 320, RowHeight = 22, Lane = 12, Indent = 26, TextGap = 14, TextDrop = 4;

    internal static void Write(HtmlText html, RangeReport range, bool succeeded)
    {
        int rows = range.Steps.Count + range.Undo.Count + 1;
        html.Raw(string.Create(CultureInfo.InvariantCulture, $"<svg class=\"timeline\" viewBox=\"0 0 {Width} {rows * RowHeight}\" role=\"img\" "))
            .Raw($"aria-label=\"{range.Steps.Count} steps, {range.Undo.Count} undo steps, {range.Result}\">");
        int turn = range.Steps.Count - 1, end = rows - 1;
        if (turn > 0)
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<path class=\"did\" d=\"M{Lane} {Y(0)}V{Y(turn)}\"/>"));
        if (turn >= 0 && range.Undo.Count > 0)
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<path class=\"undid\" d=\"M{Lane} {Y(turn)}L{Lane + Indent} {Y(turn + 1)}V{Y(end)}\"/>"));
        else if (turn >= 0)
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<path class=\"{(succeeded ? "did" : "undid")}\" d=\"M{Lane} {Y(turn)}V{Y(end)}\"/>"));

        for (int i = 0; i < range.Steps.Count; i++)
            Point(html, "did", Lane, i, Words(range.Steps[i].ToString()));
        int lane = range.Undo.Count > 0 ? Lane + Indent : Lane;
        for (int i = 0; i < range.Undo.Count; i++)
            Point(html, "undid", lane, range.Steps.Count + i, range.Undo[i]);
        Point(html, succeeded ? "succeeded" : "gaveup", lane, end, range.Result);
        html.Raw("</svg>");
    }

    private static void Point(HtmlText html, string cssClass, int x, int row, string text) => html
        .Raw(string.Create(CultureInfo.InvariantCulture, $"<circle class=\"{cssClass}\" cx=\"{x}\" cy=\"{Y(row)}\" r=\"5\"/><text class=\"{cssClass}\" x=\"{x + TextGap}\" y=\"{Y(row) + TextDrop}\">"))
        .Text(text).Raw("</text>");

    private static int Y(int row) => row * RowHeight + RowHeight / 2;

    /// <summary>LockForWrite: lock for write.</summary>
    private static string Words(string name) => string.Concat(name.Select((letter, i) =>
        char.IsUpper(letter) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(letter) : letter.ToString()));
}
