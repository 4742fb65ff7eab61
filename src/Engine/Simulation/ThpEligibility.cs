namespace CopyMc.Simulation;

/// <summary>Whether an area may have huge pages (<c>__thp_vma_allowable_orders</c>).</summary>
internal static class ThpEligibility
{
    /// <summary>Whether a collapse may make huge pages in an area.</summary>
    /// <param name="area">The area.</param>
    /// <param name="enforceSettings">Whether the machine's settings apply: <c>MADV_COLLAPSE</c> ignores all settings except refusals.</param>
    internal static bool Allows(Vma area, bool enforceSettings) => Allows(area, area.Flags, enforceSettings);

    /// <summary>The same of an area whose flags are about to change. Shmem asks the flags that it has (<c>shmem_allowable_huge_orders</c>).</summary>
    internal static bool Allows(Vma area, VmaFlags flags, bool enforceSettings)
    {
        SimulatedMachine machine = area.Space.Machine;
        if ((flags & VmaFlags.Special) != 0 || Refuses(area.Space, flags, isForced: !enforceSettings) || !area.HoldsAnyHugeRange())
            return false;
        if (area.File is { IsShmem: true })
            return machine.ShmemEnabled != ThpMode.Deny && (!enforceSettings || Allows(machine.ShmemEnabled, area.Flags));
        if (enforceSettings && !Allows(machine.ThpEnabled, flags))
            return false;
        // Anonymous memory that was never written has nothing to collapse.
        return area.File is { } file
            ? machine.Options.ReadOnlyFileThp && (machine.Behavior.CollapsesFilesOpenForWriting || !file.IsOpenForWrite)
            : area.AnonVma is not null;
    }

    /// <summary>Whether a page fault in anonymous memory may map a huge page.</summary>
    internal static bool AllowsAtFault(Vma area) =>
        !Refuses(area, isForced: false) && Allows(area.Space.Machine.ThpEnabled, area.Flags);

    /// <summary>Whether the process or the advice for the area forbids huge pages, including mapping existing ones (<c>vma_thp_disabled</c>).</summary>
    /// <param name="area">The area.</param>
    /// <param name="isForced">Whether this is for <c>MADV_COLLAPSE</c>, which counts as advice for huge pages.</param>
    internal static bool Refuses(Vma area, bool isForced) => Refuses(area.Space, area.Flags, isForced);

    private static bool Refuses(AddressSpace space, VmaFlags flags, bool isForced) =>
        (flags & VmaFlags.NoHugePage) != 0 || space.ThpDisable == ThpDisable.Completely
        || (space.ThpDisable == ThpDisable.ExceptAdvised && !isForced && (flags & VmaFlags.HugePage) == 0);

    private static bool Allows(ThpMode mode, VmaFlags flags) => mode switch
    {
        ThpMode.Always => true,
        ThpMode.Madvise => (flags & VmaFlags.HugePage) != 0,
        _ => false,
    };
}
