using CopyMc.Bench.Documents;
using CopyMc.Bench.Results;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.CollapseCost;

/// <summary>The result of <c>bench collapse</c>.</summary>
/// <param name="Rounds">Rounds in which everything was timed.</param>
/// <param name="RangesPerRound">2 MiB ranges collapsed one after the other in each round; as many are copied raw.</param>
/// <param name="RawCopyMicroseconds">Microseconds that the engine takes to copy 2 MiB between the same frames.</param>
/// <param name="CommitMicroseconds">Microseconds of a collapse that succeeds.</param>
/// <param name="CommitToRawCopy">The commit's time divided by the raw copy's of the same round.</param>
/// <param name="Aborts">Collapses that met poison.</param>
/// <param name="Scan">The scan.</param>
/// <param name="CachedToRawCopy">The time of a committed collapse with ordinary stores, divided by the raw copy's; null in results of an older copymc, as the next two.</param>
/// <param name="CommitAndReadMicroseconds">Microseconds of a collapse and of the first read of the huge page.</param>
/// <param name="CachedAndReadToCommitAndRead">The same time with ordinary stores, divided by the time with streaming stores.</param>
internal sealed record CollapseCostReport(
    int Rounds, int RangesPerRound, Quartiles RawCopyMicroseconds, Quartiles CommitMicroseconds, Quartiles CommitToRawCopy, IReadOnlyList<AbortCost> Aborts,
    ScanCost Scan, Quartiles? CachedToRawCopy = null, Quartiles? CommitAndReadMicroseconds = null, Quartiles? CachedAndReadToCommitAndRead = null) : Result
{
    internal override void Write(Document document)
    {
        document.Section("What collapses cost");
        document.Paragraph($"Collapses of cold anonymous memory on a simulated machine, {RangesPerRound} of 2 MiB in each of {Rounds} rounds, "
            + $"beside the engine's copy of as much between the same frames.");
        document.TableAt(
            [
                ("", ("raw copy of 2 MiB", "rawCopyMicroseconds", RawCopyMicroseconds, "", null)),
                ("", ("collapse, committed", "commitMicroseconds", CommitMicroseconds, "commitToRawCopy", CommitToRawCopy)),
                .. Aborts.Select((abort, i) => ($"aborts[{i}]", (
                    $"collapse, page {abort.PoisonedPage} poisoned", "microseconds", abort.Microseconds, "beyondPrefixToCommit", (Quartiles?)abort.BeyondPrefixToCommit))),
            ],
            (Columns<(string Name, string TimePath, Quartiles Time, string RatioPath, Quartiles? Ratio)> table) => table
                .Words("what", row => row.Name)
                .Text("us", row => $"{new Figure($"{row.TimePath}.median", row.Time.Median, Units.Number)}")
                .Text("half", row => $"{Units.Number(row.Time.Lower)}-{Units.Number(row.Time.Upper)}")
                .Text("ratio", row => $"{new Figure($"{row.RatioPath}.median", row.Ratio?.Median, Units.Ratio)}")
                .Text("half", row => row.Ratio is { } ratio ? $"{Units.Ratio(ratio.Lower)}-{Units.Ratio(ratio.Upper)}" : ""));
        document.Paragraph("Microseconds for one, medians and the middle half of the rounds. Ratio: of a committed collapse to the raw copy; of an abort, what "
            + "it costs beyond the raw copy of the pages before the poison, as a part of a committed collapse.");
        if (CachedToRawCopy is not null)
        {
            document.Paragraph($"Collapses copy with streaming stores. With ordinary stores, a committed collapse takes "
                + $"{Figure.Of(CachedToRawCopy?.Median, Units.Ratio)} of the raw copy. A collapse and the first read of its "
                + $"pages, after all ranges are collapsed, take {Figure.Of(CommitAndReadMicroseconds?.Median, Units.Time)}, and {Figure.Of(CachedAndReadToCommitAndRead?.Median, Units.Ratio)} of that "
                + $"with ordinary stores.");
        }
        document.Paragraph($"Scan of {Figure.Of(Scan.Ranges, Units.Whole)} ranges, {Units.Bytes(Scan.MemoryBytes)} of simulated memory whose content is not touched: "
            + $"{Figure.Of(Scan.RangesPerSecond.Median, perSecond => Units.Number(perSecond / 1e6))} million ranges per second, {Scan.CollapsibleRanges} worth "
            + $"collapsing. Metadata: {Scan.FrameBytes} bytes for a frame and {Scan.EntryBytes} for its entry; this process grew by "
            + $"{Figure.Of(Scan.ResidentBytesPerPage, Units.Number)} bytes for each page of 4 KiB.");
        if (!EveryCheckHeld)
            document.Paragraph("FAILED: a collapse had an unexpected result.");
    }
}
