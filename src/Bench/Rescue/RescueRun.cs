using System.Diagnostics;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// One run: goes through what was not tried yet, then once more through what was lost before, in windows of the source's mapping, then once
/// page by page through what that lost of a device, and saves the map now and then.
/// </summary>
internal sealed unsafe class RescueRun(CopyEngine engine, RescueJob job, IProgress<PhaseProgress> progress, CancellationToken cancellation)
{
    internal const int WindowBytes = NativeRegion.HugePageSize;

    /// <summary>What a kill costs at the most, where the disk is quick.</summary>
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Saving, which waits for the disk, takes no more than about this part of the time.</summary>
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
        return new RescueOutcome
        {
            Map = job.Map,
            NewlyRescuedBytes = job.Map.FinishedBytes - before,
            Interrupted = !finished,
            SourceWasWritten = job.SourceWasWritten,
            Duration = Stopwatch.GetElapsedTime(started),
        };
    }

    /// <summary>False if it was told to stop.</summary>
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
        // What was cut off is lost without a fault for each page of it.
        int there = PresentBytes(offset, length);
        if (there == 0)
            return;
        int lead = (int)(offset % NativeRegion.PageSize);
        using NativeRegion window = map(offset - lead, (nuint)(lead + there));
        SalvageResult salvaged = engine.Salvage(window.Pointer + lead, buffer.Pointer, (nuint)there);
        if (salvaged.DestinationFault.Kind != CopyFaultKind.None)
            throw new IOException($"The memory that the source was copied to is bad: {salvaged.DestinationFault.Kind}.");

        // What is left of the page in which a truncated file ends reads as zeros: no signal tells that it is not data.
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

    /// <summary>The data first: the map claims nothing that is not on the disk.</summary>
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
