using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.MainJob;

/// <summary>Recovery as two tables: the first region in detail, and what it comes to over the whole file.</summary>
internal static class RecoveryText
{
    internal static void Write(IAnsiConsole console, RecoveryReport report)
    {
        console.WriteLine($"Input: {report.InputPath}, {Units.Bytes(report.InputBytes)}"
            + (report.ExaminedBytes < report.InputBytes ? $", of which the first {Units.Bytes(report.ExaminedBytes)}" : "")
            + $", as {Units.Count(report.Regions, "region")} of {Units.Bytes(report.RegionBytes)}, "
            + (report.PinnedInMemory ? "pinned in memory" : $"not pinned: {report.NotPinnedReason}"));
        console.WriteLine($"Latent poison: {Latent(report)}");

        console.WriteLine();
        console.WriteLine("The first region, in bytes:");
        WriteFirstRegion(console, report);
        console.WriteLine("The whole input, in bytes:");
        WriteTotals(console, report);
        foreach (RecoveryCase failed in report.Cases.Where(one => !one.EveryCheckHeld).Take(10))
        {
            console.WriteLine($"FAILED in region {failed.Region}, {Name(failed.PoisonState, failed.Position)}: "
                + string.Join(", ", failed.Checks.Where(check => !check.Held).Select(check => check.Name)));
        }
        console.WriteLine("Checks: the count is exact (to the line if known, to the page if latent), the fault says where, the prefix equals the file "
            + "byte for byte, nothing after it was written, and after latent poison a second copy stops by the map alone.");
    }

    internal static string Latent(RecoveryReport report)
    {
        if (report.LatentSource is not { } source)
            return $"skipped: {report.LatentSkippedReason}";
        string others = report.Regions > 1 && report.LatentSourceAfterFirstRegion != source
            ? $" in the first region, {report.LatentSourceAfterFirstRegion?.ToString() ?? "none"} in the others"
            : "";
        string lost = report.PageFramesLost == 0 ? "" : $"; {Units.Count(report.PageFramesLost, "page frame")} lost until the next boot";
        return $"{source}{others}{lost}";
    }

    private static void WriteFirstRegion(IAnsiConsole console, RecoveryReport report)
    {
        Table table = Tables.New("poisoned line", "copied", "not copied").AddWords("the fault said").AddFigures("time").AddWords("checks");
        foreach (RecoveryCase one in report.Cases.Where(one => one.Region == 0))
        {
            table.AddRow(
                Name(one.PoisonState, one.Position),
                Number(one.BytesCopied),
                Number(one.BytesNotCopied),
                one.FaultKind == CopyFaultKind.None ? "nothing"
                    : $"{one.FaultKind}, {Side(one)} +{Number(one.FaultOffsetBytes ?? 0)}, {Units.Bytes(one.FaultExtentBytes ?? 0)}",
                Units.Time(one.CopyMicroseconds),
                one.EveryCheckHeld ? "held" : "FAILED");
        }
        console.Write(table);
    }

    private static void WriteTotals(IAnsiConsole console, RecoveryReport report)
    {
        Table table = Tables.New("poisoned line", "copied", "not copied", "median time", "longest", "checks held");
        foreach (RecoveryTotal total in report.Totals)
        {
            table.AddRow(
                Name(total.PoisonState, total.Position),
                Number(total.BytesCopied),
                Number(total.BytesNotCopied),
                Units.Time(total.MedianCopyMicroseconds),
                Units.Time(total.MaxCopyMicroseconds),
                total.ChecksFailed == 0 ? $"all {total.ChecksHeld}" : $"{total.ChecksHeld} of {total.ChecksHeld + total.ChecksFailed}");
        }
        console.Write(table);
    }

    internal static string Name(PoisonState poisonState, PoisonPosition position) => poisonState == PoisonState.Clean
        ? "none"
        : $"{poisonState.ToString().ToLowerInvariant()}, " + position switch
        {
            PoisonPosition.FirstLine => "first",
            PoisonPosition.MiddleLine => "middle",
            _ => "last",
        };

    private static string Side(RecoveryCase one) => one.FaultSide == CopySide.Destination ? "destination" : "source";

    private static string Number(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
