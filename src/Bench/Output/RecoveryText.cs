using CopyMc.Bench.Recovery;
using Spectre.Console;

namespace CopyMc.Bench.Output;

/// <summary>Recovery as a table: a row for each place and kind of poison.</summary>
internal static class RecoveryText
{
    internal static void Write(IAnsiConsole console, RecoveryReport report)
    {
        console.WriteLine($"{report.InputPath}, {Units.Bytes(report.InputBytes)}, as {report.Regions} regions of {Units.Bytes(report.RegionBytes)}"
            + (report.PinnedInMemory ? ", pinned in memory." : $". Not pinned: {report.NotPinnedReason}"));
        console.WriteLine();
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in (string[])["poison", "copied", "not copied"])
            table.AddColumn(new TableColumn(column).RightAligned());
        table.Columns[0].LeftAligned();
        table.AddColumn("the fault said");
        table.AddColumn(new TableColumn("us").RightAligned());
        table.AddColumn("checks");
        foreach (RecoveryCase recovery in report.Cases)
        {
            table.AddRow(
                new Text($"{(recovery.IsKnown ? "known" : "latent")}, {recovery.Position} ({recovery.Source})"),
                new Text($"{recovery.BytesCopiedPerRegion}"),
                new Text($"{recovery.BytesNotCopiedPerRegion}"),
                new Text($"{recovery.FaultKind}, {recovery.FaultSide} + {recovery.FaultOffsetBytes}, {Units.Bytes(recovery.FaultExtentBytes)}"),
                new Text(Units.Number(recovery.MedianMicroseconds)),
                new Text(Checks(recovery)));
        }
        console.Write(table);
        if (report.LatentSkippedReason is not null)
            console.WriteLine($"Latent poison: skipped, {report.LatentSkippedReason}.");
        else
            console.WriteLine("Checks: the count is exact, the prefix equals the file byte for byte, nothing after it was written, the map has learned.");
    }

    private static string Checks(RecoveryCase recovery)
    {
        if (recovery.CheckHeld)
            return "held";
        (string What, bool Held)[] checks =
        [
            ("count", recovery.CountExact), ("prefix", recovery.PrefixEqualsFile),
            ("rest", recovery.NothingWrittenAfter), ("map", recovery.MapHasLearned),
        ];
        return "FAILED: " + string.Join(", ", checks.Where(check => !check.Held).Select(check => check.What));
    }
}
