using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The state that an aborted collapse must leave unchanged.</summary>
/// <param name="Table">The page table, compared by reference.</param>
/// <param name="Entries">Its entries.</param>
/// <param name="Slots">The page cache's slots.</param>
/// <param name="Frames">Reference count, map count and flags of each of the range's frames.</param>
/// <param name="OwnLru">The range's frames in the order of the LRU, the most recently used first.</param>
/// <param name="OtherLru">The LRU without the range's frames, in order.</param>
/// <param name="ChargedPages">The charge of the memory control group.</param>
/// <param name="FileCharge">The file's charge and its cached pages.</param>
/// <param name="FreeFrames">Free frames.</param>
/// <param name="Resident">The process's resident pages.</param>
internal sealed record RangeSnapshot(
    PageTable? Table, Pte[] Entries, PageCacheSlot[] Slots, (ushort References, ushort Maps, PageFlags Flags)[] Frames, uint[] OwnLru, uint[] OtherLru,
    long ChargedPages, (long, long) FileCharge, long FreeFrames, (long, long, long, long) Resident);
