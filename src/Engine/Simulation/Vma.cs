namespace CopyMc.Simulation;

/// <summary>An area: a range of an address space with one kind of mapping (<c>struct vm_area_struct</c>).</summary>
public sealed class Vma
{
    private readonly List<AnonVma> _chain = [];

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

    /// <summary>Its flags.</summary>
    public VmaFlags Flags { get; internal set; }

    /// <summary>The mapped file; <see langword="null"/>: anonymous memory.</summary>
    public SimulatedFile? File { get; }

    /// <summary>
    /// The page of the file that <see cref="Start"/> maps; for anonymous memory, <see cref="Start"/> in pages when its first page was faulted in
    /// (<c>vm_pgoff</c>).
    /// </summary>
    public uint FilePage { get; internal set; }

    /// <summary>The userfaultfd that it is registered with; <see langword="null"/> if there is none.</summary>
    public Userfaultfd? Userfaultfd { get; internal set; }

    /// <summary>Whether guards were ever installed in it, in kernels with <c>VM_MAYBE_GUARD</c>.</summary>
    internal bool MayHaveGuards { get; set; }

    /// <summary>The anon_vma of its own anonymous pages; null before it has any.</summary>
    internal AnonVma? AnonVma { get; private set; }

    /// <summary>The anon_vmas that its pages may belong to: its own, and those of its parents (<c>anon_vma_chain</c>), the oldest last.</summary>
    internal IReadOnlyList<AnonVma> Chain => _chain;

    internal bool IsAnonymous => File is null;

    internal bool IsShared => (Flags & VmaFlags.Shared) != 0;

    internal bool IsUffdArmed => (Flags & VmaFlagSets.Userfaultfd) != 0;

    /// <summary>Whether a page may still belong only to a parent's area (<c>vma_had_uncowed_parents</c>).</summary>
    internal bool HasParents => _chain.Count > 1;

    /// <summary>The page of its file that an address maps; for anonymous memory, the address in pages when it was first faulted in.</summary>
    internal uint PageIndex(ulong address) => FilePage + (uint)((address - Start) >> 12);

    /// <summary>The address that maps a page of the file, or of anonymous memory. Returns false if it is outside the area.</summary>
    internal bool TryAddressOf(uint pageIndex, out ulong address)
    {
        // For a page before the area's first, the difference wraps around, and the address is far after the end.
        address = Start + ((ulong)(pageIndex - FilePage) << 12);
        return address < End;
    }

    /// <summary>Whether the 2 MiB range at an address is inside the area and, for a file, aligned with the file's 2 MiB ranges.</summary>
    internal bool HoldsHugeRange(ulong address) =>
        address >= Start && address + NativeRegion.HugePageSize <= End
        && (File is null || (FilePage - (uint)(Start >> 12)) % PageTable.EntryCount == 0);

    /// <summary>Whether the last 2 MiB boundary that leaves room for a huge page before the end starts one (<c>thp_vma_suitable_order</c>).</summary>
    internal bool HoldsAnyHugeRange() => HoldsHugeRange((End - NativeRegion.HugePageSize) & ~(ulong)(NativeRegion.HugePageSize - 1));

    /// <summary>Gives it an <see cref="Simulation.AnonVma"/> for its first page (<c>anon_vma_prepare</c>).</summary>
    internal void SetAnonVma(AnonVma anonVma)
    {
        AnonVma = anonVma;
        anonVma.ActiveAreas++;
        Link(anonVma);
    }

    /// <summary>
    /// Copies another area's anon_vmas (<c>anon_vma_clone</c>). One without areas and with at most one child is reused, so that repeated forks and
    /// exits do not make the chain longer.
    /// </summary>
    internal void CloneAnonVma(Vma from, bool isSameProcess)
    {
        AnonVma = isSameProcess ? from.AnonVma : null;
        for (int i = from._chain.Count - 1; i >= 0; i--)
        {
            AnonVma link = from._chain[i];
            Link(link);
            if (AnonVma is null && from.AnonVma is not null && link.Children < 2 && link.ActiveAreas == 0)
                AnonVma = link;
        }
        if (AnonVma is not null)
            AnonVma.ActiveAreas++;
    }

    /// <summary>Unlinks its anon_vmas, when it no longer has anonymous pages (<c>unlink_anon_vmas</c>).</summary>
    internal void UnlinkAnonVma()
    {
        if (AnonVma is not null)
            AnonVma.ActiveAreas--;
        AnonVma = null;
        foreach (AnonVma link in _chain)
            link.Unlink(this);
        _chain.Clear();
    }

    /// <summary>Called when it is removed from the list of areas.</summary>
    internal void Detach()
    {
        UnlinkAnonVma();
        File?.Areas.Remove(this);
        Userfaultfd = null;
    }

    private void Link(AnonVma anonVma)
    {
        _chain.Insert(0, anonVma);
        anonVma.Areas.Add(this);
    }
}
