namespace CopyMc.Simulation;

/// <summary>A process's memory: its areas, its page tables, and the system calls that change them.</summary>
/// <remarks>
/// <para>
/// The system calls check their arguments as the kernel does and return its errno. A call that is refused changes nothing, with the exceptions of
/// the kernel: <c>mprotect</c>, <c>madvise</c> and <c>mlock</c> work area by area, and keep the changes before the area that refuses.
/// </para>
/// <para>
/// A call that needs the mmap lock returns <see cref="WaitReason.MmapLock"/> if a collapse holds it in a conflicting way. Addresses and lengths are
/// in bytes; user addresses end at 64 TiB.
/// </para>
/// </remarks>
public sealed partial class AddressSpace
{
    internal const ulong FirstAddress = 1UL << 30, EndOfAddresses = 1UL << 46;
    private const ulong PageMask = NativeRegion.PageSize - 1, HugeMask = NativeRegion.HugePageSize - 1;
    private const int PmdShift = 21, PudShift = 30;

    private readonly SimulatedMachine _machine;
    private readonly PhysicalMemory _memory;
    private readonly AreaList _areas;
    private readonly Dictionary<ulong, PmdEntry[]> _pmds = [];
    private readonly List<PinnedPage> _pins = [];
    private MmapLock _lock;

    internal AddressSpace(SimulatedMachine machine, int number, MemoryCgroup cgroup)
    {
        _machine = machine;
        _memory = machine.Memory;
        _areas = new AreaList(this);
        Number = number;
        Cgroup = cgroup;
    }

    /// <summary>Its number: higher than those of all processes at its creation, 0 if there was none.</summary>
    public int Number { get; }

    /// <summary>The group that its pages are charged to.</summary>
    public MemoryCgroup Cgroup { get; }

    /// <summary>The areas, by address.</summary>
    public IReadOnlyList<Vma> Areas => _areas.All;

    /// <summary>Whether the process refuses huge pages: see <see cref="SetThpDisable"/>.</summary>
    public ThpDisable ThpDisable { get; private set; }

    /// <summary>Whether it has ended. Then nothing is mapped.</summary>
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

    /// <summary>Whether khugepaged scans it.</summary>
    internal bool IsKnownToKhugepaged => KhugepagedTurn != 0;

    /// <summary>Its place in khugepaged's scan order; 0 if khugepaged does not scan it.</summary>
    internal long KhugepagedTurn { get; set; }

    internal ref MmapLock Lock => ref _lock;

    /// <summary>The 1 GiB tables of PMDs, by address / 1 GiB.</summary>
    internal IReadOnlyDictionary<ulong, PmdEntry[]> Pmds => _pmds;

    /// <summary>The pages held by <see cref="TryPin"/>.</summary>
    internal IReadOnlyList<PinnedPage> Pins => _pins;

    /// <summary>Finds the area that holds an address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The area; <see langword="null"/> if none holds the address.</returns>
    public Vma? Find(ulong address) => _areas.Find(address);

    /// <summary>Finds the page table of the 2 MiB range that holds an address.</summary>
    /// <param name="address">The address; any byte of a page.</param>
    /// <returns>The table; <see langword="null"/> if there is none, or a huge page.</returns>
    public PageTable? TableAt(ulong address)
    {
        PmdEntry entry = PmdAt(address);
        return entry.IsTable ? entry.Table : null;
    }

    /// <summary>Tells whether a huge page is mapped at an address.</summary>
    /// <param name="address">The address; any byte of a page.</param>
    /// <returns>True if a huge page is mapped there.</returns>
    public bool IsHuge(ulong address) => PmdAt(address).IsHuge;

    /// <summary>Finds the entry that maps an address, or that would map it if the huge page were split.</summary>
    /// <param name="address">The address; any byte of a page.</param>
    /// <returns>The entry; one with <see cref="Pte.IsNone"/> if nothing is mapped.</returns>
    public Pte EntryAt(ulong address)
    {
        PmdEntry entry = PmdAt(address);
        int index = PteIndex(address);
        if (!entry.IsHuge)
            return entry.Table?.Entries[index] ?? default;
        return IsHugeZero(entry.Huge) ? entry.Huge : entry.Huge.Plus((uint)index);
    }

    /// <summary>Finds the folio that is mapped at an address.</summary>
    /// <param name="address">The address; any byte of a page.</param>
    /// <returns>The folio; <see langword="null"/> if none is mapped.</returns>
    public Folio? FolioAt(ulong address)
    {
        Pte entry = EntryAt(address);
        return entry.IsPresent ? _memory.FolioOf(entry.Pfn) : null;
    }

    /// <summary>Sets whether the process refuses huge pages (<c>prctl(PR_SET_THP_DISABLE)</c>).</summary>
    /// <param name="disable">Which huge pages it refuses.</param>
    /// <returns>Done, or the errno.</returns>
    public SystemCallResult SetThpDisable(ThpDisable disable)
    {
        if (!Enum.IsDefined(disable) || (disable == ThpDisable.ExceptAdvised && !_machine.Behavior.CanExceptAdvisedAreas))
            return Errno.EINVAL;
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        ThpDisable = disable;
        return Errno.None;
    }

    /// <summary>Ends the process: everything is unmapped (<c>exit_mmap</c>).</summary>
    /// <returns>Done, or that it would wait for a lock.</returns>
    public SystemCallResult Exit()
    {
        if (!_lock.CanWrite)
            return SystemCallResult.Waits(WaitReason.MmapLock);
        foreach (PinnedPage pin in _pins.ToArray())
            pin.Dispose();
        UnmapRange(0, EndOfAddresses);
        HasExited = true;
        _machine.Remove(this);
        return Errno.None;
    }

    /// <summary>Called when the machine is disposed: unmaps everything, and makes the lock refuse every call.</summary>
    internal void Close()
    {
        _areas.Clear();
        _pmds.Clear();
        _pins.Clear();
        _lock.Close(_machine);
        HasExited = true;
    }

    internal void EndRead() => _lock.EndRead();

    internal void EndWrite() => _lock.EndWrite();

    /// <summary>Whether there is a table of PMDs for the 1 GiB that holds an address.</summary>
    internal bool HasPmdTable(ulong address) => _pmds.ContainsKey(address >> PudShift);

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
}
