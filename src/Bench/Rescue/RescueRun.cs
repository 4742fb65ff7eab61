using System.Diagnostics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// One run: copies the blocks that were not tried yet, then tries the lost blocks again, in windows of the source's mapping; then tries what
/// a device lost page by page. Saves the map now and then.
/// </summary>
internal sealed unsafe class RescueRun(CopyEngine engine, RescueJob job, IProgress<PhaseProgress> progress, CancellationToken cancellation)
{
    internal const int WindowBytes = NativeRegion.HugePageSize;

    /// <summary>The longest work that a kill can lose, where the disk is quick.</summary>
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Saving, which waits for the disk, takes at most about one part in this many of the time.</summary>
    private const int SavingShare = 10;

    private TimeSpan _interval = s_leastInterval;
    private long _saved = Stopwatch.GetTimestamp();

    /// <exception cref="IOException">The destination or the map file cannot be written. The map file is as it was saved last.</exception>
    internal RescueOutcome Run()
    {
        long started = Stopwatch.GetTimestamp();
        long before = job.Map.FinishedBytes;
        RescueBlock[] nonTried = [.. job.Map.Blocks.Where(block => block.Status == BlockStatus.NonTried)];
        RescueBlock[] lostBefore = [.. job.Map.LostBlocks];

        using var buffer = new NativeRegion(WindowBytes);
        bool finished = RescueAll(nonTried, BlockStatus.NonTried, job.Source.Map, buffer)
            && RescueAll(lostBefore, BlockStatus.BadSector, job.Source.Map, buffer)
            && (!job.Source.LosesNeighbours || RescueAll([.. job.Map.LostBlocks], BlockStatus.BadSector, job.Source.MapPages, buffer));
        if (finished)
            Save(job.Map.ByteCount, (char)BlockStatus.Finished);
        return new RescueOutcome(
            job.Map, job.Map.FinishedBytes - before, Interrupted: !finished, job.SourceWasWritten, Stopwatch.GetElapsedTime(started));
    }

    /// <returns>False if it was told to stop.</returns>
    private bool RescueAll(IReadOnlyList<RescueBlock> blocks, BlockStatus status, Func<long, nuint, NativeRegion> map, NativeRegion buffer)
    {
        foreach (RescueBlock block in blocks)
        {
            for (long offset = block.Offset; offset < block.End;)
            {
                if (cancellation.IsCancellationRequested)
                {
                    Save(offset, (char)status);
                    return false;
                }
                Report(offset);
                // Windows are aligned as the huge pages of a page cache are.
                long end = long.Min(block.End, (offset / WindowBytes + 1) * WindowBytes);
                RescueWindow(offset, (int)(end - offset), map, buffer);
                offset = end;
                if (Stopwatch.GetElapsedTime(_saved) > _interval)
                    Save(offset, (char)status);
            }
        }
        return true;
    }

    private void RescueWindow(long offset, int length, Func<long, nuint, NativeRegion> map, NativeRegion buffer)
    {
        job.Map.Set(offset, length, BlockStatus.BadSector);
        // What was truncated away is lost; no fault for each page of it is needed.
        int there = PresentBytes(offset, length);
        if (there == 0)
            return;
        int lead = (int)(offset % NativeRegion.PageSize);
        using NativeRegion window = map(offset - lead, (nuint)(lead + there));
        SalvageResult salvaged = engine.Salvage(window.Pointer + lead, buffer.Pointer, (nuint)there);
        if (salvaged.DestinationFault.Kind != CopyFaultKind.None)
            throw new IOException($"The buffer's memory is bad: {salvaged.DestinationFault.Kind}.");

        // The rest of the page in which a truncated file ends reads as zeros, without a signal.
        there = PresentBytes(offset, there);
        int position = 0;
        foreach (LostRange lost in salvaged.Lost.Append(new LostRange((nuint)there, 0)))
        {
            int end = int.Min((int)lost.Offset, there);
            if (position < end)
            {
                job.Destination.Write(buffer.Span[position..end], offset + position);
                job.Map.Set(offset + position, end - position, BlockStatus.Finished);
            }
            position = (int)lost.End;
        }
    }

    private int PresentBytes(long offset, int length) => (int)long.Clamp(job.Source.PresentLength - offset, 0, length);

    /// <summary>The data first: the map must not claim bytes that are not on the disk.</summary>
    private void Save(long position, char status)
    {
        long start = Stopwatch.GetTimestamp();
        job.Destination.Flush();
        job.SaveMap(position, status);
        _interval = TimeSpan.FromTicks(long.Max(s_leastInterval.Ticks, Stopwatch.GetElapsedTime(start).Ticks * SavingShare));
        _saved = Stopwatch.GetTimestamp();
    }

    private void Report(long offset)
    {
        long lost = job.Map.LostBytes;
        progress.Report(new PhaseProgress(
            $"{Units.Bytes(offset)} of {Units.Bytes(job.Map.ByteCount)}{(lost == 0 ? "" : $", {Units.Bytes(lost)} lost")}",
            1 - (double)job.Map.NonTriedBytes / job.Map.ByteCount));
    }
}
