using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Salvage;

/// <summary>What salvages cost, for people to read.</summary>
internal static class SalvageText
{
    internal static void Write(IAnsiConsole console, SalvageReport report)
    {
        console.WriteLine($"Salvages of 2 MiB with bad pages ({report.Poison}) that nobody knows of, {report.Rounds} rounds, all in turns. A clean copy takes "
            + $"{Units.Time(report.CleanCopyMicroseconds.Median)}, the cheapest fault {Units.Time(report.FloorFaultMicroseconds.Median)}.");
        Table table = Tables.New("bad pages", "time", "ratio", "half", "without", "ratio", "half").AddWords("checks");
        foreach (SalvageRow row in report.Salvages)
        {
            table.AddRow(
                $"{row.BadPages}{(row.BadPages == 1 ? "" : $", {row.Layout.ToString().ToLowerInvariant()}")}",
                Units.Time(row.Microseconds.Median),
                Units.Ratio(row.RatioToFloor.Median),
                Half(row.RatioToFloor),
                Units.Time(row.MicrosecondsWithoutLookAhead.Median),
                Units.Ratio(row.RatioToFloorWithoutLookAhead.Median),
                Half(row.RatioToFloorWithoutLookAhead),
                row.Exact ? "held" : "FAILED");
        }
        console.Write(table);
        console.WriteLine("Ratios to a clean copy and one floor fault for each bad page, and between which values the middle half of the rounds lies; with the "
            + "kernel asked which pages ahead are bad, and without.");
    }

    private static string Half(Quartiles ratio) => $"{Units.Ratio(ratio.Lower)}-{Units.Ratio(ratio.Upper)}";
}
