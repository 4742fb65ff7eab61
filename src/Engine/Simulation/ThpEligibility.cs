namespace CopyMc.Simulation;

/// <summary>Whether an area may have huge pages (<c>thp_vma_allowable_order</c>).</summary>
internal static class ThpEligibility
{
    /// <param name="area">The area.</param>
    /// <param name="enforceSettings">Whether the machine's settings count: <c>MADV_COLLAPSE</c> ignores all but the refusals.</param>
    internal static bool Allows(Vma area, bool enforceSettings)
    {
        SimulatedMachineOptions options = area.Space.Machine.Options;
        if (area.Space.ThpDisabled || (area.Flags & VmaFlags.NoHugePage) != 0)
            return false;
        if (area.File is { IsShmem: true })
            return options.ShmemEnabled != ThpMode.Deny && (!enforceSettings || Allows(options.ShmemEnabled, area));
        if (enforceSettings && !Allows(options.Enabled, area))
            return false;
        // A regular file's pages must be nobody's to change.
        return area.File is not { } file || (options.ReadOnlyFileThp && !file.IsOpenForWrite);
    }

    private static bool Allows(ThpMode mode, Vma area) => mode switch
    {
        ThpMode.Always => true,
        ThpMode.Madvise => (area.Flags & VmaFlags.HugePage) != 0,
        _ => false,
    };
}
