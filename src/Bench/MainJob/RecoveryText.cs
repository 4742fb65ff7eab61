using CopyMc.Bench.Documents;
using CopyMc.Bench.Page;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.MainJob;

/// <summary>Recovery on a real file: the first region in detail, and the sums over the whole file.</summary>
internal static class RecoveryText
{
    private const int MostFailures = 10;

    internal static void Write(Document document, RecoveryReport report)
    {
        document.Paragraph($"Input: {report.InputPath}, {Figure.Of(report.InputBytes, Units.Bytes)}"
            + $"{(report.ExaminedBytes < report.InputBytes ? $", of which the first {Units.Bytes(report.ExaminedBytes)}" : "")}"
            + $", as {Units.Count(report.Regions, "region")} of {Units.Bytes(report.RegionBytes)}, "
            + $"{(report.PinnedInMemory ? "pinned in memory" : $"not pinned: {report.NotPinnedReason}")}. Kernel: {report.Kernel}.");
        document.Paragraph($"Latent poison: {Latent(report)}");
        document.Heading("The first region, in bytes");
        (string Path, RecoveryCase Case)[] first = [.. report.Cases.Index().Where(one => one.Item.Region == 0).Select(one => ($"cases[{one.Index}]", one.Item))];
        document.Draw((html, pathTo) =>
        {
            html.Element("p", "A column is a page of 4 KiB, a cell in it one of its 64 lines.");
            Legend.Write(html, [], ("copied", "copied"), ("not copied", "lost"), ("poisoned, or lost with it", "poison"));
            html.Open("div", "maps");
            foreach ((string path, RecoveryCase one) in first)
                PoisonMapFigure.Write(html, one, pathTo(path));
            html.Close("div");
        });
        document.TableAt(first, (Columns<RecoveryCase> table) => table
            .Words("poisoned line", one => Name(one.PoisonState, one.Position))
            .Figure("copied", one => one.BytesCopied, Units.Whole)
            .Figure("not copied", one => one.BytesNotCopied, Units.Whole)
            .Words("the fault said", Fault)
            .Figure("time", one => one.CopyMicroseconds, Units.Time)
            .Check(one => one.EveryCheckHeld));

        document.Heading("The whole input, in bytes");
        document.Table(report.Totals, table => table
            .Words("poisoned line", total => Name(total.PoisonState, total.Position))
            .Figure("copied", total => total.BytesCopied, Units.Whole)
            .Figure("not copied", total => total.BytesNotCopied, Units.Whole)
            .Figure("median time", total => total.MedianCopyMicroseconds, Units.Time)
            .Figure("longest", total => total.MaxCopyMicroseconds, Units.Time)
            .Text("checks held", total => $"{Figure.Of(total.ChecksHeld, Units.Whole)} of {Units.Whole(total.ChecksHeld + total.ChecksFailed)}"));
        foreach (RecoveryCase failed in report.Cases.Where(one => !one.EveryCheckHeld).Take(MostFailures))
        {
            document.Paragraph($"FAILED in region {failed.Region}, {Name(failed.PoisonState, failed.Position)}: "
                + $"{string.Join(", ", failed.Checks.Where(check => !check.Held).Select(check => check.Name))}");
        }
        document.Paragraph("Checks: the count is exact (to the line if known, to the page if latent), the fault names the place, the prefix equals the file "
            + "byte for byte, nothing after it was written, and after latent poison a second copy stops by the map alone.");
    }

    internal static string Name(PoisonState poisonState, PoisonPosition position) =>
        poisonState == PoisonState.Clean ? "none" : $"{poisonState.ToString().ToLowerInvariant()}, {position.Name()}";

    private static string Latent(RecoveryReport report)
    {
        if (report.LatentSource is not { } source)
            return $"skipped: {report.LatentSkippedReason}";
        string others = report.Regions > 1 && report.LatentSourceAfterFirstRegion != source
            ? $" in the first region, {report.LatentSourceAfterFirstRegion?.ToString() ?? "none"} in the others"
            : "";
        string lost = report.PageFramesLost == 0 ? "" : $"; {Units.Count(report.PageFramesLost, "page frame")} lost until the next boot";
        return $"{source}{others}{lost}";
    }

    private static Line Fault(RecoveryCase one) => one.FaultKind == CopyFaultKind.None
        ? "nothing"
        : $"{one.FaultKind}, {(one.FaultSide == CopySide.Destination ? "destination" : "source")} +{Units.Whole(one.FaultOffsetBytes ?? 0)}, {Units.Bytes(one.FaultExtentBytes ?? 0)}";
}
