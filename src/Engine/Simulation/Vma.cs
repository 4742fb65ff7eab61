namespace CopyMc.Simulation;

/// <summary>A range of an address space that is mapped in one way.</summary>
public sealed class Vma
{
    internal Vma(AddressSpace space, ulong start, ulong end, VmaFlags flags, SimulatedFile? file, uint filePage)
    {
        Space = space;
        Start = start;
        End = end;
        Flags = flags;
        File = file;
        FilePage = filePage;
    }

    /// <summary>The address space it lies in.</summary>
    public AddressSpace Space { get; }

    /// <summary>The first address.</summary>
    public ulong Start { get; internal set; }

    /// <summary>The address after the last.</summary>
    public ulong End { get; internal set; }

    /// <summary>What it allows and asks for.</summary>
    public VmaFlags Flags { get; internal set; }

    /// <summary>The file behind it; <see langword="null"/>: anonymous memory.</summary>
    public SimulatedFile? File { get; }

    /// <summary>
    /// The page of the file that <see cref="Start"/> maps; of anonymous memory, <see cref="Start"/> in pages where it was first mapped
    /// (<c>vm_pgoff</c>).
    /// </summary>
    public uint FilePage { get; internal set; }

    /// <summary>The family of areas that share its anonymous pages; null before it has any.</summary>
    internal AnonVma? AnonVma { get; set; }

    internal bool IsAnonymous => File is null;

    internal bool IsShared => (Flags & VmaFlags.Shared) != 0;

    internal bool IsUffdArmed => (Flags & (VmaFlags.UffdMissing | VmaFlags.UffdWriteProtect)) != 0;

    /// <summary>A store through a shared mapping may be in its page table alone: the file is open for writing as long as the mapping may write.</summary>
    internal static VmaFlags WithMayWrite(VmaFlags flags, SimulatedFile? file)
    {
        const VmaFlags Stores = VmaFlags.Write | VmaFlags.Shared;
        return file is not null && (flags & Stores) == Stores ? flags | VmaFlags.MayWrite : flags;
    }

    /// <summary>The page of its file that an address maps; for anonymous memory the address in pages, where it was first mapped.</summary>
    internal uint PageIndex(ulong address) => FilePage + (uint)((address - Start) >> 12);

    /// <summary>The address that maps a page of the file, or of the family's anonymous memory; false if it lies outside.</summary>
    internal bool TryAddressOf(uint pageIndex, out ulong address)
    {
        // A page before the area's first is far behind its end, as the difference wraps around.
        address = Start + ((ulong)(pageIndex - FilePage) << 12);
        return address < End;
    }

    /// <summary>Whether the area that starts where this one ends is more of the same.</summary>
    internal bool CanJoin(Vma upper) =>
        End == upper.Start && Flags == upper.Flags && File == upper.File && PageIndex(End) == upper.FilePage
        && (AnonVma is null || upper.AnonVma is null || AnonVma == upper.AnonVma);

    /// <summary>Whether the huge page's range at an address lies inside and, over a file, agrees with the file's own 2 MiB ranges.</summary>
    internal bool HoldsHugeRange(ulong address) =>
        address >= Start && address + NativeRegion.HugePageSize <= End
        && (File is null || (FilePage - (uint)(Start >> 12)) % PageTable.EntryCount == 0);

    /// <summary>Whether the last 2 MiB boundary that leaves room for a huge page before the end starts one (<c>thp_vma_suitable_order</c>).</summary>
    internal bool HoldsAnyHugeRange() => HoldsHugeRange((End - NativeRegion.HugePageSize) & ~(ulong)(NativeRegion.HugePageSize - 1));
}
