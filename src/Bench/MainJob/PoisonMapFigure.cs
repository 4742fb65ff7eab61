using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.MainJob;

/// <summary>A region as a map of copied and lost lines: a column for each page, a cell for each line of the page.</summary>
internal static class PoisonMapFigure
{
    private const int Line = PoisonMap.LineSize, LinesPerPage = NativeRegion.PageSize / PoisonMap.LineSize;

    /// <param name="html">The page.</param>
    /// <param name="one">The copy.</param>
    /// <param name="path">Its path in the JSON.</param>
    internal static void Write(HtmlText html, RecoveryCase one, string path)
    {
        long lines = (one.RegionBytes + Line - 1) / Line, pages = (lines + LinesPerPage - 1) / LinesPerPage;
        html.Raw("<figure class=\"map\"><figcaption>").Element("strong", RecoveryText.Name(one.PoisonState, one.Position)).Text(": ")
            .Figure($"{path}.bytesCopied", one.BytesCopied, Units.Whole(one.BytesCopied)).Text(" bytes copied, ")
            .Figure($"{path}.bytesNotCopied", one.BytesNotCopied, Units.Whole(one.BytesNotCopied)).Text(" not, ")
            .Figure($"{path}.copyMicroseconds", one.CopyMicroseconds, Units.Time(one.CopyMicroseconds))
            .Text(one.EveryCheckHeld ? "; every check held" : "; A CHECK FAILED").Raw("</figcaption>\n");
        html.Raw(string.Create(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {pages} {LinesPerPage}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{RecoveryText.Name(one.PoisonState, one.Position)}\">"));
        Range(html, "copied", 0, one.BytesCopied / Line);
        Range(html, "lost", one.BytesCopied / Line, lines);
        if (one.PoisonedOffsetBytes is { } poison)
        {
            // The bytes that cannot be read: the extent of the fault, or the line.
            long from = one.FaultOffsetBytes ?? poison;
            Range(html, "poison", from / Line, (from + (one.FaultExtentBytes ?? Line)) / Line);
            double page = poison / NativeRegion.PageSize + 0.5, line = poison / Line % LinesPerPage + 0.5;
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<path class=\"spot\" d=\"M{page} {line}h0\"/>"));
        }
        html.Raw("</svg></figure>\n");
    }

    /// <summary>Draws a range of lines as rectangles: the rest of a column, whole columns, the start of a column.</summary>
    private static void Range(HtmlText html, string cssClass, long from, long to)
    {
        while (from < to)
        {
            long page = from / LinesPerPage, line = from % LinesPerPage;
            long whole = line == 0 ? (to - from) / LinesPerPage : 0;
            long count = whole > 0 ? whole * LinesPerPage : Math.Min(LinesPerPage - line, to - from);
            html.Raw(string.Create(CultureInfo.InvariantCulture,
                $"<rect class=\"{cssClass}\" x=\"{page}\" y=\"{line}\" width=\"{Math.Max(1, whole)}\" height=\"{(whole > 0 ? LinesPerPage : count)}\"/>"));
            from += count;
        }
    }
}
