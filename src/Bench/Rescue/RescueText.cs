using System.Globalization;
using CopyMc.Bench.Terminal;
using Spectre.Console;

namespace CopyMc.Bench.Rescue;

/// <summary>How a rescue ended, for people to read.</summary>
internal static class RescueText
{
    /// <summary>More ranges are in the map file.</summary>
    private const int MaxListed = 10;

    internal static void Write(IAnsiConsole console, RescueOutcome outcome, MapFile mapFile)
    {
        RescueMap map = outcome.Map;
        IReadOnlyList<RescueBlock> lost = map.LostBlocks;
        string before = outcome.NewlyRescuedBytes == map.FinishedBytes ? "" : $", {Number(outcome.NewlyRescuedBytes)} of them by this run";
        string loss = lost.Count == 0 ? "nothing is lost" : $"{Number(map.LostBytes)} are lost in {Units.Count(lost.Count, "range")}";
        string rest = map.NonTriedBytes == 0 ? "" : $", {Number(map.NonTriedBytes)} were not tried";
        console.WriteLine(
            $"{Number(map.FinishedBytes)} of {Number(map.ByteCount)} bytes are rescued{before}; {loss}{rest}; "
            + $"{Units.Time(outcome.Duration.TotalMicroseconds)}.");
        if (lost.Count > 0)
        {
            Table table = Tables.New("", "lost from", "to", "bytes");
            foreach (RescueBlock block in lost.Take(MaxListed))
                table.AddRow("", Number(block.Offset), Number(block.End), Number(block.Length));
            console.Write(table);
            if (lost.Count > MaxListed)
                console.WriteLine($"The map file has {lost.Count - MaxListed} more.");
        }
        if (outcome.SourceWasWritten)
            console.WriteLine("The source was written to meanwhile: its parts may be of different times.");
        if (!outcome.Complete)
            console.WriteLine($"Map file: {mapFile.Path}. The same command goes on from there{(lost.Count > 0 ? ", and tries again what was lost" : "")}.");
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
