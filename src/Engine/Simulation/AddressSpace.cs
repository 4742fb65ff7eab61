namespace CopyMc.Simulation;

/// <summary>A process's memory: its areas, its page tables, and the calls that change them.</summary>
/// <remarks>
/// Every call that takes the mmap lock returns <see cref="AccessResult.WouldBlock"/> where a collapse holds it in a way that excludes it.
/// Addresses and lengths are in bytes; ranges are of whole pages below 64 TiB, and others are refused with an <see cref="ArgumentException"/>.
/// </remarks>
public sealed partial class AddressSpace
{
    private const ulong FirstAddress = 1UL << 30, EndOfAddresses = 1UL << 46;
    private const int PmdShift = 21, PudShift = 30;

    private readonly SimulatedMachine _machine;
    private readonly PhysicalMemory _memory;
    private readonly List<Vma> _areas = [];
    private readonly Dictionary<ulong, PmdEntry[]> _pmds = [];
    private readonly List<uint> _pins = [];
    private MmapLock _lock;

    internal AddressSpace(SimulatedMachine machine, int number, MemoryCgroup cgroup)
    {
        _machine = machine;
        _memory = machine.Memory;
        Number = number;
        Cgroup = cgroup;
    }

    /// <summary>Its number: higher than that of every process that was there when it was made, 0 if there was none.</summary>
    public int Number { get; }

    /// <summary>What its pages are charged to.</summary>
    public MemoryCgroup Cgroup { get; }

    /// <summary>The areas, by address.</summary>
    public IReadOnlyList<Vma> Areas => _areas;

    /// <summary>Whether the process refuses huge pages (<c>PR_SET_THP_DISABLE</c>).</summary>
    public bool ThpDisabled { get; set; }

    /// <summary>Whether it has ended; nothing is mapped then.</summary>
    public bool HasExited { get; private set; }

    /// <summary>Anonymous pages mapped (<c>RssAnon</c>).</summary>
    public long AnonymousPages { get; private set; }

    /// <summary>Pages of files mapped (<c>RssFile</c>).</summary>
    public long FilePages { get; private set; }

    /// <summary>Pages of shmem mapped (<c>RssShmem</c>).</summary>
    public long ShmemPages { get; private set; }

    /// <summary>Entries whose content is in swap (<c>VmSwap</c>).</summary>
    public long SwapEntries { get; private set; }

    internal SimulatedMachine Machine => _machine;

    internal ref MmapLock Lock => ref _lock;

    /// <summary>The 1 GiB tables of PMDs, by address / 1 GiB.</summary>
    internal IReadOnlyDictionary<ulong, PmdEntry[]> Pmds => _pmds;

    /// <summary>The frames held by <see cref="TryPin"/>, the first first.</summary>
    internal IReadOnlyList<uint> Pins => _pins;

    /// <summary>Maps anonymous memory.</summary>
    /// <param name="length">Bytes; whole pages.</param>
    /// <param name="flags">What the area allows and asks for.</param>
    /// <param name="address">Where; <see langword="null"/>: on the first free 2 MiB boundary after everything else.</param>
    /// <returns>The first address.</returns>
    /// <exception cref="ArgumentException">The range is not of whole pages, is outside 64 TiB, or is mapped.</exception>
    public ulong Map(ulong length, VmaFlags flags = VmaFlags.Read | VmaFlags.Write, ulong? address = null) =>
        Add(length, flags & ~VmaFlags.Shared, file: null, filePage: null, address);

    /// <summary>Maps a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="filePage">The file's page that comes first.</param>
    /// <param name="length">Bytes; whole pages. It may reach beyond the end of the file.</param>
    /// <param name="flags">What the area allows; with <see cref="VmaFlags.Shared"/> stores reach the file.</param>
    /// <param name="address">Where; <see langword="null"/>: on the first free 2 MiB boundary after everything else.</param>
    /// <returns>The first address.</returns>
    /// <exception cref="ArgumentException">
    /// The range is not of whole pages, is outside 64 TiB, is mapped, or reaches beyond <see cref="SimulatedFile.MaxLength"/>; or the file
    /// is another machine's.
    /// </exception>
    public ulong MapFile(
        SimulatedFile file, uint filePage, ulong length, VmaFlags flags = VmaFlags.Read | VmaFlags.Write | VmaFlags.Shared, ulong? address = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.ThrowIfNotOf(_machine);
        SimulatedFile.ThrowIfTooLong((ulong)filePage * NativeRegion.PageSize, length, nameof(filePage), nameof(length));
        return Add(length, flags, file, filePage, address);
    }

    /// <summary>Unmaps a range; what is not mapped in it does not matter (<c>munmap(2)</c>).</summary>
    /// <exception cref="ArgumentException">The range is not of whole pages, or is outside 64 TiB.</exception>
    public AccessResult Unmap(ulong address, ulong length)
    {
        ThrowIfNoRange(address, length);
        if (!_lock.CanWrite)
            return AccessResult.WouldBlock;
        foreach (Vma area in CutOut(address, length))
        {
            Zap(area.Start, area.End);
            Detach(area);
            _areas.Remove(area);
        }
        return AccessResult.Done;
    }

    /// <summary>
    /// Gives a range other flags, splitting areas as needed and joining those that no longer differ (<c>mprotect(2)</c>,
    /// <c>madvise(2)</c>, userfaultfd registration).
    /// </summary>
    /// <exception cref="ArgumentException">The range is not of whole pages, or is outside 64 TiB.</exception>
    public AccessResult SetFlags(ulong address, ulong length, VmaFlags set, VmaFlags clear = VmaFlags.None)
    {
        ThrowIfNoRange(address, length);
        if (!_lock.CanWrite)
            return AccessResult.WouldBlock;
        List<Vma> cut = CutOut(address, length);
        if (cut.Count == 0)
            return AccessResult.SegmentationFault;
        foreach (Vma area in cut)
        {
            bool unregistered = (area.Flags & ~set & clear & VmaFlags.UffdWriteProtect) != 0;
            area.Flags = Vma.WithMayWrite((area.Flags & ~(clear & ~VmaFlags.MayWrite)) | set, area.File);
            if (unregistered)
                ForEachEntry(area.Start, area.End, static (ref Pte pte, ulong _) => pte = pte.UffdUnprotected(), splitsHuge: false);
            if ((area.Flags & VmaFlags.Write) == 0)
                ForEachEntry(area.Start, area.End, static (ref Pte pte, ulong _) => pte = pte.IsPresent ? pte.ReadOnly() : pte, splitsHuge: false);
        }
        Join(cut[0].Start, cut[^1].End);
        return AccessResult.Done;
    }

    /// <summary>Ends the process: everything is unmapped (<c>exit_mmap</c>).</summary>
    public AccessResult Exit()
    {
        if (!_lock.CanWrite)
            return AccessResult.WouldBlock;
        while (Unpin())
            continue;
        Unmap(0, EndOfAddresses);
        HasExited = true;
        _machine.Remove(this);
        return AccessResult.Done;
    }

    /// <summary>The area that holds an address; null if none does.</summary>
    public Vma? Find(ulong address)
    {
        int low = 0, high = _areas.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < _areas[middle].Start)
                high = middle - 1;
            else if (address >= _areas[middle].End)
                low = middle + 1;
            else
                return _areas[middle];
        }
        return null;
    }

    /// <summary>The page table of the 2 MiB range that holds an address; null if there is none, or a huge page.</summary>
    public PageTable? TableAt(ulong address)
    {
        PmdEntry entry = PmdAt(address);
        return entry.IsTable ? entry.Table : null;
    }

    /// <summary>Whether a huge page is mapped at an address.</summary>
    public bool IsHuge(ulong address) => PmdAt(address).IsHuge;

    /// <summary>The entry that maps an address: a page table's, or what a huge page's would be. None if nothing does.</summary>
    public Pte EntryAt(ulong address)
    {
        PmdEntry entry = PmdAt(address);
        int index = PteIndex(address);
        if (!entry.IsHuge)
            return entry.Table?.Entries[index] ?? default;
        return IsHugeZero(entry.Huge) ? entry.Huge : entry.Huge.Plus((uint)index);
    }

    /// <summary>The machine is gone, and all of its memory: nothing is mapped any more, and every call is refused at the lock.</summary>
    internal void Close()
    {
        _areas.Clear();
        _pmds.Clear();
        _pins.Clear();
        _lock.Close();
        HasExited = true;
    }

    internal void EndRead() => _lock.EndRead();

    internal void EndWrite() => _lock.EndWrite();

    internal PmdEntry PmdAt(ulong address) =>
        _pmds.TryGetValue(address >> PudShift, out PmdEntry[]? table) ? table[PmdIndex(address)] : default;

    internal ref PmdEntry PmdFor(ulong address)
    {
        if (!_pmds.TryGetValue(address >> PudShift, out PmdEntry[]? table))
            _pmds[address >> PudShift] = table = new PmdEntry[PageTable.EntryCount];
        return ref table[PmdIndex(address)];
    }

    internal static int PteIndex(ulong address) => (int)(address >> 12) & (PageTable.EntryCount - 1);

    private static int PmdIndex(ulong address) => (int)(address >> PmdShift) & (PageTable.EntryCount - 1);

    private ulong Add(ulong length, VmaFlags flags, SimulatedFile? file, uint? filePage, ulong? address)
    {
        ObjectDisposedException.ThrowIf(HasExited, this);
        ulong start = address ?? AfterLast();
        if (length == 0)
            throw new ArgumentException("An area has a page or more.", nameof(length));
        ThrowIfNoRange(start, length);
        if (_areas.Any(area => area.Start < start + length && start < area.End))
            throw new ArgumentException($"Something is mapped between {start:x} and {start + length:x}.", nameof(address));

        var vma = new Vma(this, start, start + length, Vma.WithMayWrite(flags, file), file, filePage ?? (uint)(start >> 12));
        Insert(vma);
        file?.Areas.Add(vma);
        return start;
    }

    private static void ThrowIfNoRange(ulong address, ulong length, string addressName = "address", string lengthName = "length")
    {
        const ulong PageMask = NativeRegion.PageSize - 1;
        if (((address | length) & PageMask) != 0)
            throw new ArgumentException("A range is made of whole pages.", (length & PageMask) != 0 ? lengthName : addressName);
        if (address > EndOfAddresses || length > EndOfAddresses - address)
            throw new ArgumentException("Addresses end at 64 TiB.", address > EndOfAddresses ? addressName : lengthName);
    }

    private void Insert(Vma area)
    {
        int place = _areas.FindIndex(other => other.Start > area.Start);
        _areas.Insert(place < 0 ? _areas.Count : place, area);
    }

    private ulong AfterLast()
    {
        const ulong HugeMask = NativeRegion.HugePageSize - 1;
        // A gap, so that no two areas touch by chance.
        return _areas.Count == 0 ? FirstAddress : (_areas[^1].End + NativeRegion.HugePageSize + HugeMask) & ~HugeMask;
    }

    /// <summary>Splits areas so that the range starts and ends on boundaries; returns those inside.</summary>
    private List<Vma> CutOut(ulong address, ulong length)
    {
        ulong end = address + length;
        foreach (ulong boundary in (ReadOnlySpan<ulong>)[address, end])
        {
            if (Find(boundary) is { } area && area.Start < boundary)
                SplitArea(area, boundary);
        }
        return _areas.FindAll(area => area.Start >= address && area.End <= end);
    }

    private void SplitArea(Vma area, ulong boundary)
    {
        // A huge page across the boundary belongs to two areas then.
        if (PmdAt(boundary).IsHuge && boundary % NativeRegion.HugePageSize != 0)
            SplitPmd(boundary);
        var upper = new Vma(this, boundary, area.End, area.Flags, area.File, area.PageIndex(boundary))
        {
            AnonVma = area.AnonVma,
        };
        upper.AnonVma?.Areas.Add(upper);
        upper.File?.Areas.Add(upper);
        area.End = boundary;
        _areas.Insert(_areas.IndexOf(area) + 1, upper);
    }

    /// <summary>Joins neighbours, in a range and at its ends, that differ in nothing (<c>vma_merge</c>).</summary>
    private void Join(ulong start, ulong end)
    {
        for (int i = _areas.Count - 1; i > 0; i--)
        {
            (Vma lower, Vma upper) = (_areas[i - 1], _areas[i]);
            if (upper.Start < start || lower.End > end || !lower.CanJoin(upper))
                continue;
            lower.End = upper.End;
            if (lower.AnonVma is null && upper.AnonVma is { } family)
            {
                lower.AnonVma = family;
                family.Areas.Add(lower);
            }
            Detach(upper);
            _areas.RemoveAt(i);
        }
    }

    private static void Detach(Vma area)
    {
        area.AnonVma?.Areas.Remove(area);
        area.File?.Areas.Remove(area);
    }
}
