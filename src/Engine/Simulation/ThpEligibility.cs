namespace CopyMc.Simulation;

/// <summary>Whether an area may have huge pages (<c>__thp_vma_allowable_orders</c>).</summary>
internal static class ThpEligibility
{
    /// <summary>Whether a collapse may make huge pages in an area.</summary>
    /// <param name="area">The area.</param>
    /// <param name="enforceSettings">Whether the machine's settings count: <c>MADV_COLLAPSE</c> ignores all but the refusals.</param>
    internal static bool Allows(Vma area, bool enforceSettings)
    {
        SimulatedMachine machine = area.Space.Machine;
        if ((area.Flags & VmaFlags.Special) != 0 || Refuses(area, isForced: !enforceSettings) || !area.HoldsAnyHugeRange())
            return false;
        if (area.File is { IsShmem: true })
            return machine.ShmemEnabled != ThpMode.Deny && (!enforceSettings || Allows(machine.ShmemEnabled, area));
        if (enforceSettings && !Allows(machine.ThpEnabled, area))
            return false;
        // Anonymous memory that was never written has nothing to collapse.
        return area.File is { } file
            ? machine.Options.ReadOnlyFileThp && (machine.Behavior.CollapsesFilesOpenForWriting || !file.IsOpenForWrite)
            : area.AnonVma is not null;
    }

    /// <summary>Whether the first touch of anonymous memory may be answered with a huge page.</summary>
    internal static bool AllowsAtFault(Vma area) =>
        !Refuses(area, isForced: false) && Allows(area.Space.Machine.ThpEnabled, area);

    /// <summary>Whether the process or the advice for the area forbids huge pages, those that are there already included (<c>vma_thp_disabled</c>).</summary>
    /// <param name="area">The area.</param>
    /// <param name="isForced">Whether <c>MADV_COLLAPSE</c> asks, which is advice enough.</param>
    internal static bool Refuses(Vma area, bool isForced) =>
        (area.Flags & VmaFlags.NoHugePage) != 0 || area.Space.ThpDisable == ThpDisable.Completely
        || (area.Space.ThpDisable == ThpDisable.ExceptAdvised && !isForced && (area.Flags & VmaFlags.HugePage) == 0);

    private static bool Allows(ThpMode mode, Vma area) => mode switch
    {
        ThpMode.Always => true,
        ThpMode.Madvise => (area.Flags & VmaFlags.HugePage) != 0,
        _ => false,
    };
}
