using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary><c>madvise(MADV_COLLAPSE)</c> on the simulated machine (<c>madvise_collapse</c>).</summary>
public static class MadviseCollapse
{
    /// <summary>Collapses the whole 2 MiB ranges inside a range of addresses.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="trace">Receives the events; <see langword="null"/>: they are not recorded.</param>
    /// <param name="beforeStep">Called before each step: see <see cref="CollapseOptions.BeforeStep"/>.</param>
    /// <returns>The errno, and the result of each range.</returns>
    /// <exception cref="InvalidOperationException">
    /// A collapse that was interrupted between its steps holds a lock. The ranges before this one are collapsed, and this one is unchanged.
    /// </exception>
    public static MadviseCollapseResult Run(
        AddressSpace space, ulong address, ulong length, CollapseTrace? trace = null, Action<CollapseOperation>? beforeStep = null)
    {
        ArgumentNullException.ThrowIfNull(space);
        space.Machine.ThrowIfGone();
        var ranges = new List<RangeResult>();
        if (address % NativeRegion.PageSize != 0)
            return new MadviseCollapseResult(Errno.EINVAL, ranges);
        // madvise(2) returns EINVAL if the rounded length or the end wraps around.
        ulong end = address + ((length + NativeRegion.PageSize - 1) & ~(ulong)(NativeRegion.PageSize - 1));
        if (length > ulong.MaxValue - (NativeRegion.PageSize - 1) || end < address)
            return new MadviseCollapseResult(Errno.EINVAL, ranges);
        // madvise(2) works area by area. A gap does not stop it, but makes it return ENOMEM.
        bool gap = false;
        ulong reached = address;
        foreach (Vma area in space.Areas.Where(area => area.End > address && area.Start < end).ToList())
        {
            gap |= area.Start > reached;
            Errno errno = CollapseArea(area, ulong.Max(area.Start, address), ulong.Min(area.End, end), trace, beforeStep, ranges);
            if (errno != Errno.None)
                return new MadviseCollapseResult(errno, ranges);
            reached = area.End;
        }
        return new MadviseCollapseResult(gap || reached < end ? Errno.ENOMEM : Errno.None, ranges);
    }

    /// <summary>Collapses one range and, for a file, maps the huge page.</summary>
    private static RangeResult CollapseRange(
        Vma area, ulong address, CollapseTrace? trace, Action<CollapseOperation>? beforeStep = null)
    {
        var options = new CollapseOptions
        {
            Trace = trace,
            BeforeStep = beforeStep,
            StopBetweenPages = beforeStep is not null,
            FoundIn = (area.Space, address),
        };
        SimulatedMachine machine = area.Space.Machine;
        CollapseOperation operation = area.File is null
            ? new AnonymousCollapse(area.Space, address, options)
            : new FileCollapse(machine, area.File, area.PageIndex(address), options);
        CollapseResult result = operation.Run();
        if (result == CollapseResult.PageDirtyOrWriteback && machine.Behavior.WritesBackForCollapse)
        {
            area.File!.WriteBackRange(area.PageIndex(address));
            operation = new FileCollapse(machine, area.File, area.PageIndex(address), options);
            result = operation.Run();
        }
        if (result == CollapseResult.PteMappedHugepage)
            result = PteMappedCollapse.Run(area.Space, address, install: true);
        machine.MemoryFailure.RunPending();
        trace?.AddRange(area.Space, address, result);
        return new RangeResult(address, result, operation.CopiedPages, operation.PoisonedFrame);
    }

    private static Errno CollapseArea(
        Vma area, ulong start, ulong end, CollapseTrace? trace, Action<CollapseOperation>? beforeStep, List<RangeResult> ranges)
    {
        const ulong HugeMask = NativeRegion.HugePageSize - 1;
        ulong first = (start + HugeMask) & ~HugeMask;
        ulong last = end & ~HugeMask;
        if (!ThpEligibility.Allows(area, enforceSettings: false))
        {
            ranges.Add(new RangeResult(area.Start, CollapseResult.VmaCheck));
            return Errno.EINVAL;
        }
        if (first >= last && area.Space.Machine.Behavior.AcceptsEmptyRange)
            return Errno.None;
        // If the range ends before it begins, the count wraps around, as in the kernel, and the call fails.
        ulong wanted = unchecked(last - first) / NativeRegion.HugePageSize, huge = 0;
        CollapseResult failure = CollapseResult.Fail;
        for (ulong address = first; address < last; address += NativeRegion.HugePageSize)
        {
            RangeResult range = area.HoldsHugeRange(address)
                ? CollapseRange(area, address, trace, beforeStep) : new RangeResult(address, CollapseResult.AddressRange);
            ranges.Add(range);
            CollapseResult result = range.Result;
            if (result is CollapseResult.Succeed or CollapseResult.PmdMapped)
            {
                huge++;
                continue;
            }
            failure = result;
            if (!ContinuesAfter(result))
                break;
        }
        return huge == wanted ? Errno.None : failure.ToErrno(area.Space.Machine.Kernel);
    }

    /// <summary>Whether the call tries the other ranges after this failure. It fails in either case.</summary>
    private static bool ContinuesAfter(CollapseResult result) => result is CollapseResult.NoPteTable or CollapseResult.PmdNull or CollapseResult.PteNonPresent
        or CollapseResult.PteUffd or CollapseResult.PageRo or CollapseResult.LackReferencedPage or CollapseResult.PageNull or CollapseResult.PageCount
        or CollapseResult.PageLock or CollapseResult.PageCompound or CollapseResult.PageLru or CollapseResult.DelPageLru;
}
