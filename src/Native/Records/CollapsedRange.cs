using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary><c>struct copymc_collapsed_range</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CollapsedRange
{
    internal ulong Address;
    internal ulong BytesNotCopied;
    internal uint Process;
    internal int Result;
    internal uint CopiedPages;
    internal uint PoisonedFrame;

    internal static CollapsedRange Of(SimulatedMachine machine, AddressSpace space, RangeResult range)
    {
        ulong notCopied = 0;
        if (range.PoisonedFrame is { } frame)
        {
            // The copy has marked what it met, so the map knows where in the page that is.
            nuint clean = machine.Content.Poison.FirstPoisoned((nuint)frame * NativeRegion.PageSize, NativeRegion.PageSize);
            notCopied = NativeRegion.HugePageSize - (ulong)range.CopiedPages * NativeRegion.PageSize - clean;
        }
        return new CollapsedRange
        {
            Address = range.Address,
            BytesNotCopied = notCopied,
            Process = (uint)space.Number,
            Result = (int)range.Result,
            CopiedPages = (uint)range.CopiedPages,
            PoisonedFrame = range.PoisonedFrame ?? uint.MaxValue,
        };
    }

    /// <summary>Writes as many ranges as fit, and the number of all.</summary>
    internal static unsafe void Write(IReadOnlyList<CollapsedRange> found, CollapsedRange* ranges, nuint capacity, nuint* count)
    {
        for (int i = 0; i < found.Count && (nuint)i < capacity; i++)
            ranges[i] = found[i];
        *count = (nuint)found.Count;
    }
}
