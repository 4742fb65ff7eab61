using CopyMc.Bench.Documents;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Rescue;

/// <summary>How a rescue ended.</summary>
internal static class RescueText
{
    internal static void Write(Document document, RescueOutcome outcome, MapFile mapFile)
    {
        // The map file has the others.
        const int MaxListed = 10;
        RescueMap map = outcome.Map;
        IReadOnlyList<RescueBlock> lost = map.LostBlocks;
        string before = outcome.NewlyRescuedBytes == map.FinishedBytes ? "" : $", {Units.Whole(outcome.NewlyRescuedBytes)} of them by this run";
        string loss = lost.Count == 0 ? "nothing is lost" : $"{Units.Whole(map.LostBytes)} are lost in {Units.Count(lost.Count, "range")}";
        string rest = map.NonTriedBytes == 0 ? "" : $", {Units.Whole(map.NonTriedBytes)} were not tried";
        document.Paragraph($"{Units.Whole(map.FinishedBytes)} of {Units.Whole(map.ByteCount)} bytes are rescued{before}; {loss}{rest}; {Units.Time(outcome.Duration.TotalMicroseconds)}.");
        if (lost.Count > 0)
        {
            document.TableAt(lost.Take(MaxListed).Select(block => ("", block)), (Columns<RescueBlock> table) => table
                .Words("", _ => "")
                .Text("lost from", block => Units.Whole(block.Offset))
                .Text("to", block => Units.Whole(block.End))
                .Text("bytes", block => Units.Whole(block.Length)));
            if (lost.Count > MaxListed)
                document.Paragraph($"The map file has {lost.Count - MaxListed} more.");
        }
        if (outcome.SourceWasWritten)
            document.Paragraph("The source was written to meanwhile: its parts may be of different times.");
        if (!outcome.Complete)
            document.Paragraph($"Map file: {mapFile.Path}. The same command goes on from there{(lost.Count > 0 ? ", and tries again what was lost" : "")}.");
    }
}
