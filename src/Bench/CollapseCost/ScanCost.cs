using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.CollapseCost;

/// <summary>What a scan for ranges that are worth collapsing costs.</summary>
/// <param name="MemoryBytes">Bytes of simulated memory that are mapped. Their content is never touched.</param>
/// <param name="Ranges">2 MiB ranges scanned.</param>
/// <param name="CollapsibleRanges">Ranges found worth collapsing.</param>
/// <param name="RangesPerSecond">Ranges scanned per second, whole passes.</param>
/// <param name="FrameBytes">Bytes kept for each 4 KiB frame.</param>
/// <param name="EntryBytes">Bytes of its page table entry.</param>
/// <param name="ResidentBytesPerPage">Bytes by which this process grew, divided by the pages mapped.</param>
internal sealed record ScanCost(
    ulong MemoryBytes, long Ranges, long CollapsibleRanges, Quartiles RangesPerSecond, int FrameBytes, int EntryBytes, double ResidentBytesPerPage);
