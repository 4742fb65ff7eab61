using System.Globalization;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.MainJob;

/// <summary>A real file, copied with poison in it: the first region as maps, the whole as a table.</summary>
internal sealed class RegionSection(RecoveryReport report) : IReportSection
{
    public string Title => "Recovery on real input";

    public void Write(HtmlText html)
    {
        html.Open("p").Text($"{report.InputPath}, ").Figure("recovery.inputBytes", report.InputBytes, Units.Bytes(report.InputBytes))
            .Text($", as {Units.Count(report.Regions, "region")} of {Units.Bytes(report.RegionBytes)}, "
                + (report.PinnedInMemory ? "pinned in memory" : $"not pinned: {report.NotPinnedReason}")
                + $". Kernel: {report.Kernel}. Latent poison: {RecoveryText.Latent(report)}.").Close("p");
        html.Element("h3", "The first region");
        html.Element("p", "A column is a page of 4 KiB, a cell in it one of its 64 lines.");
        Legend.Write(html, [], ("copied", "copied"), ("not copied", "lost"), ("poisoned, or lost with it", "poison"));
        html.Open("div", "maps");
        for (int i = 0; i < report.Cases.Count; i++)
        {
            if (report.Cases[i].Region == 0)
                PoisonMapFigure.Write(html, report.Cases[i], $"recovery.cases[{i}]");
        }
        html.Close("div");

        html.Element("h3", "The whole input");
        html.OpenTable("poisoned line", "copied", "not copied", "median time", "longest", "checks held");
        for (int i = 0; i < report.Totals.Count; i++)
            WriteTotal(html, report.Totals[i], $"recovery.totals[{i}]");
        html.CloseTable();
    }

    private static void WriteTotal(HtmlText html, RecoveryTotal total, string path)
    {
        html.Raw("<tr>").Element("th", RecoveryText.Name(total.PoisonState, total.Position));
        void Cell(string member, double value, string shown) => html.Open("td").Figure($"{path}.{member}", value, shown).Close("td");
        Cell("bytesCopied", total.BytesCopied, Whole(total.BytesCopied));
        Cell("bytesNotCopied", total.BytesNotCopied, Whole(total.BytesNotCopied));
        Cell("medianCopyMicroseconds", total.MedianCopyMicroseconds, Units.Time(total.MedianCopyMicroseconds));
        Cell("maxCopyMicroseconds", total.MaxCopyMicroseconds, Units.Time(total.MaxCopyMicroseconds));
        html.Open("td").Figure($"{path}.checksHeld", total.ChecksHeld, Whole(total.ChecksHeld))
            .Text($" of {Whole(total.ChecksHeld + total.ChecksFailed)}").Raw("</td></tr>\n");
    }

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
