namespace CopyMc.Simulation;

/// <summary>A range of an address space that is mapped in one way (<c>struct vm_area_struct</c>).</summary>
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

    /// <summary>What it allows and asks for.</summary>
    public VmaFlags Flags { get; internal set; }

    /// <summary>The file behind it; <see langword="null"/>: anonymous memory.</summary>
    public SimulatedFile? File { get; }

    /// <summary>
    /// The page of the file that <see cref="Start"/> maps; of anonymous memory, <see cref="Start"/> in pages where its first page was faulted in
    /// (<c>vm_pgoff</c>).
    /// </summary>
    public uint FilePage { get; internal set; }

    /// <summary>The userfaultfd that it is registered with; <see langword="null"/>: none.</summary>
    public Userfaultfd? Userfaultfd { get; internal set; }

    /// <summary>Whether guards were ever installed in it, in kernels that keep it (<c>VM_MAYBE_GUARD</c>).</summary>
    internal bool MayHaveGuards { get; set; }

    /// <summary>What its own anonymous pages belong to; null before it has any.</summary>
    internal AnonVma? AnonVma { get; private set; }

    /// <summary>All that its pages may belong to: its own, and those of its parents (<c>anon_vma_chain</c>), the oldest last.</summary>
    internal IReadOnlyList<AnonVma> Chain => _chain;

    internal bool IsAnonymous => File is null;

    internal bool IsShared => (Flags & VmaFlags.Shared) != 0;

    internal bool IsUffdArmed => (Flags & VmaFlagSets.Userfaultfd) != 0;

    /// <summary>Whether a page may still belong to a parent's area alone (<c>vma_had_uncowed_parents</c>).</summary>
    internal bool HasParents => _chain.Count > 1;

    /// <summary>The page of its file that an address maps; for anonymous memory the address in pages, where it was first faulted in.</summary>
    internal uint PageIndex(ulong address) => FilePage + (uint)((address - Start) >> 12);

    /// <summary>The address that maps a page of the file, or of anonymous memory; false if it lies outside.</summary>
    internal bool TryAddressOf(uint pageIndex, out ulong address)
    {
        // A page before the area's first is far behind its end, as the difference wraps around.
        address = Start + ((ulong)(pageIndex - FilePage) << 12);
        return address < End;
    }

    /// <summary>Whether the huge page's range at an address lies inside and, over a file, agrees with the file's own 2 MiB ranges.</summary>
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
    /// Takes over another area's (<c>anon_vma_clone</c>). One that no area uses any more, and from which at most one descends, is used again, so
    /// that a process that forks and exits over and over does not make the chain ever longer.
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

    /// <summary>It no longer has anonymous pages (<c>unlink_anon_vmas</c>).</summary>
    internal void UnlinkAnonVma()
    {
        if (AnonVma is not null)
            AnonVma.ActiveAreas--;
        AnonVma = null;
        foreach (AnonVma link in _chain)
            link.Unlink(this);
        _chain.Clear();
    }

    /// <summary>It is in no list of areas any more.</summary>
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
