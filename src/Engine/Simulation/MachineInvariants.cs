using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

/// <summary>Invariants of a machine that hold at any time: every count equals the number of things counted, and every entry is allowed.</summary>
internal sealed unsafe class MachineInvariants
{
    private readonly SimulatedMachine _machine;
    private readonly PhysicalMemory _memory;
    private readonly int[] _held;
    private readonly List<string> _violations = [];
    private readonly int[] _pteMaps;
    private readonly int[] _pmdMaps;
    private readonly int[] _references;
    private readonly Dictionary<uint, int> _swapUsers = [];
    private readonly EntryInvariants _entries;
    private long _onAnonymousLru;
    private long _onFileLru;

    /// <summary>Prepares repeated checks of a machine.</summary>
    internal MachineInvariants(SimulatedMachine machine)
    {
        _machine = machine;
        _memory = machine.Memory;
        _pteMaps = new int[_memory.FrameCount + 1];
        _pmdMaps = new int[_memory.FrameCount + 1];
        _references = new int[_memory.FrameCount + 1];
        _held = new int[_memory.FrameCount + 1];
        _entries = new EntryInvariants(machine, _violations);
    }

    internal delegate void ReferenceCounter(Span<int> references);

    /// <summary>Describes each violation.</summary>
    /// <param name="detached">Page tables that collapses have unlinked.</param>
    /// <param name="countHeld">Adds the references that are held outside the machine, by frame.</param>
    internal IReadOnlyList<string> Violations(IReadOnlyList<DetachedTable> detached, ReferenceCounter countHeld)
    {
        _machine.ThrowIfGone();
        foreach (int[] counts in (ReadOnlySpan<int[]>)[_pteMaps, _pmdMaps, _references, _held])
            Array.Clear(counts);
        _swapUsers.Clear();
        _violations.Clear();
        (_onAnonymousLru, _onFileLru) = (0, 0);

        countHeld(_held);
        foreach (AddressSpace space in _machine.Processes)
        {
            CountTables(space, detached);
            _entries.Check(space, detached);
        }
        long hugeShmem = 0, hugeFile = 0;
        foreach (SimulatedFile file in _machine.Files)
            CountSlots(file, ref file.IsShmem ? ref hugeShmem : ref hugeFile);
        Expect(_machine.Counters.NrShmemThps == hugeShmem, $"nr_shmem_hugepages is {_machine.Counters.NrShmemThps}, huge pages of shmem are {hugeShmem}");
        Expect(_machine.Counters.NrFileThps == hugeFile, $"nr_file_hugepages is {_machine.Counters.NrFileThps}, huge pages of files are {hugeFile}");
        CheckFrames();
        CheckSwap();
        CheckLru(anonymous: true);
        CheckLru(anonymous: false);
        return _violations;
    }

    private void CountTables(AddressSpace space, IReadOnlyList<DetachedTable> detached)
    {
        long anonymous = 0, file = 0, shmem = 0, swap = 0;
        foreach (PmdEntry[] entries in space.Pmds.Values)
        {
            foreach (ref readonly PmdEntry entry in entries.AsSpan())
            {
                if (entry.IsHuge && !space.IsHugeZero(entry.Huge))
                {
                    _pmdMaps[entry.Huge.Pfn]++;
                    _references[entry.Huge.Pfn]++;
                    CountResident(entry.Huge.Pfn, PageTable.EntryCount, ref anonymous, ref file, ref shmem);
                    Expect(entry.Table is null || entry.Table.Entries.IndexOfAnyExcept(default(Pte)) < 0, $"the deposited table under frame {entry.Huge.Pfn} is empty");
                }
                else if (entry.IsTable)
                {
                    CountTable(entry.Table!, ref anonymous, ref file, ref shmem, ref swap);
                }
            }
        }
        foreach (DetachedTable table in detached)
        {
            if (table.Space == space)
                CountTable(table.Table, ref anonymous, ref file, ref shmem, ref swap);
        }
        foreach (PinnedPage pin in space.Pins)
            _references[_memory.HeadOf(pin.Pfn)]++;
        Expect(space.AnonymousPages == anonymous, $"process {space.Number}: RssAnon is {space.AnonymousPages}, mapped are {anonymous}");
        Expect(space.FilePages == file, $"process {space.Number}: RssFile is {space.FilePages}, mapped are {file}");
        Expect(space.ShmemPages == shmem, $"process {space.Number}: RssShmem is {space.ShmemPages}, mapped are {shmem}");
        Expect(space.SwapEntries == swap, $"process {space.Number}: VmSwap is {space.SwapEntries}, entries are {swap}");
    }

    private void CountTable(PageTable table, ref long anonymous, ref long file, ref long shmem, ref long swap)
    {
        foreach (Pte pte in table.Entries)
        {
            if (pte.IsSwap)
            {
                swap++;
                _swapUsers[pte.Slot] = _swapUsers.GetValueOrDefault(pte.Slot) + 1;
            }
            else if (pte.IsPresent && pte.Pfn != _memory.ZeroFrame)
            {
                _pteMaps[pte.Pfn]++;
                _references[_memory.HeadOf(pte.Pfn)]++;
                CountResident(pte.Pfn, 1, ref anonymous, ref file, ref shmem);
            }
        }
    }

    private void CountResident(uint pfn, int pages, ref long anonymous, ref long file, ref long shmem)
    {
        uint head = _memory.HeadOf(pfn);
        if (_memory.IsAnonymous(head))
            anonymous += pages;
        else if (_memory.IsSwapBacked(head))
            shmem += pages;
        else
            file += pages;
    }

    private void CountSlots(SimulatedFile file, ref long huge)
    {
        long pages = 0, charged = 0;
        foreach ((uint firstPage, PageCacheSlot[] slots) in file.Chunks)
        {
            for (int i = 0; i < slots.Length; i++)
            {
                PageCacheSlot slot = slots[i];
                charged += slot.IsEmpty ? 0 : 1;
                if (slot.IsSwap)
                    _swapUsers[slot.SwapSlot] = _swapUsers.GetValueOrDefault(slot.SwapSlot) + 1;
                if (!slot.IsPage)
                    continue;
                pages++;
                uint head = _memory.HeadOf(slot.Pfn);
                _references[head]++;
                ref Frame frame = ref _memory.Frames[head];
                huge += slot.Pfn == head && frame.Order == BuddyAllocator.HugeOrder ? 1 : 0;
                Expect(
                    frame.Owner == file.Number && frame.Index + (slot.Pfn - head) == firstPage + (uint)i,
                    $"file {file.Number}: the frame of page {firstPage + i} believes that it is page {frame.Index} of {frame.Owner}");
                // A page of shmem may be allocated without content, and then is not mapped.
                Expect(frame.Has(PageFlags.UpToDate) || (file.IsShmem && frame.MapCount == 0), $"file {file.Number}: page {firstPage + i} is in the cache before its content is valid");
            }
        }
        // While a collapse has charged holes, both counts include them.
        long reserved = file.CachedPages - pages;
        Expect(reserved >= 0 && file.ChargedPages - charged <= reserved && file.ChargedPages >= charged,
            $"file {file.Number}: {file.CachedPages} pages counted and {file.ChargedPages} charged; there are {pages} and {charged}");
    }

    private void CheckFrames()
    {
        long used = 0, isolatedAnonymous = 0, isolatedFile = 0;
        var charged = new long[_memory.Cgroups.Count];
        for (uint pfn = 0; pfn < _memory.FrameCount; pfn++)
        {
            ref Frame frame = ref _memory.Frames[pfn];
            if (frame.Has(PageFlags.Free))
            {
                pfn += (1u << frame.Order) - 1;
                continue;
            }
            Expect(frame.MapCount == _pteMaps[pfn], $"frame {pfn}: the map count is {frame.MapCount}, entries are {_pteMaps[pfn]}");
            if (frame.Has(PageFlags.Tail) || frame.RefCount == 0)
            {
                Expect(frame.Has(PageFlags.Tail) || _references[pfn] == 0, $"frame {pfn} is free and referred to {_references[pfn]} times");
                continue;
            }
            bool isLocked = _machine.LockedByOthers.Contains(pfn);
            int held = _held[pfn] + (isLocked && frame.Has(PageFlags.Anonymous) ? 1 : 0);
            int expected = _references[pfn] + held + (frame.Has(PageFlags.HwPoison) ? 1 : 0) + (frame.Has(PageFlags.Private) ? 1 : 0);
            Expect(frame.RefCount == expected, $"frame {pfn}: the reference count is {frame.RefCount}, references are {expected}");
            Expect(_memory.PmdMapCountOf(pfn) == _pmdMaps[pfn], $"frame {pfn}: the PMD map count is {_memory.PmdMapCountOf(pfn)}, PMDs are {_pmdMaps[pfn]}");
            Expect(!frame.Has(PageFlags.Locked) || held > 0 || isLocked || IsBeingFilled(pfn), $"frame {pfn} is locked by nobody");
            Expect(!frame.Has(PageFlags.Isolated) || held > 0, $"frame {pfn} is isolated by nobody");
            if (frame.Has(PageFlags.Lru | PageFlags.Anonymous))
                _onAnonymousLru++;
            else if (frame.Has(PageFlags.Lru))
                _onFileLru++;
            long pages = _memory.PagesOf(pfn);
            used += pages;
            charged[frame.Cgroup] += pages;
            if (frame.Has(PageFlags.Isolated) && frame.Has(PageFlags.Anonymous))
                isolatedAnonymous += pages;
            else if (frame.Has(PageFlags.Isolated))
                isolatedFile += pages;
            long maps = _pmdMaps[pfn] + _pteMaps[pfn];
            uint head = pfn;
            pfn += (uint)pages - 1;
            for (uint tail = head + 1; tail <= pfn; tail++)
            {
                maps += _pteMaps[tail];
                Expect(_memory.Frames[tail].MapCount == _pteMaps[tail], $"frame {tail}: the map count is {_memory.Frames[tail].MapCount}, entries are {_pteMaps[tail]}");
            }
            Expect(_memory.MapCountOf(head) == maps, $"frame {head}: the folio's map count is {_memory.MapCountOf(head)}, entries are {maps}");
        }
        Expect(used + _machine.FreeFrames == _memory.FrameCount, $"{used} frames are used and {_machine.FreeFrames} free of {_memory.FrameCount}");
        Expect(_machine.Counters.NrIsolatedAnon == isolatedAnonymous, $"nr_isolated_anon is {_machine.Counters.NrIsolatedAnon}, isolated are {isolatedAnonymous}");
        Expect(_machine.Counters.NrIsolatedFile == isolatedFile, $"nr_isolated_file is {_machine.Counters.NrIsolatedFile}, isolated are {isolatedFile}");
        for (int i = 1; i < charged.Length; i++)
            Expect(_memory.Cgroups[i].ChargedPages == charged[i], $"group {i} is charged {_memory.Cgroups[i].ChargedPages} pages and holds {charged[i]}");
    }

    /// <summary>Whether a file's new huge page is in the page cache, but still locked until the page tables are retracted.</summary>
    private bool IsBeingFilled(uint head) => _memory.Frames[head].Order == BuddyAllocator.HugeOrder && _memory.IsInPageCache(head);

    private void CheckSwap()
    {
        foreach ((uint slot, int users) in _swapUsers)
            Expect(_machine.Swap.Users(slot) == users, $"swap slot {slot}: {_machine.Swap.Users(slot)} users counted, {users} found");
        Expect(_machine.Swap.UsedSlots == _swapUsers.Count, $"{_machine.Swap.UsedSlots} swap slots are used, {_swapUsers.Count} are named");
    }

    private void CheckLru(bool anonymous)
    {
        long listed = 0;
        foreach (uint pfn in _memory.Lru(anonymous))
        {
            ref Frame frame = ref _memory.Frames[pfn];
            Expect(frame.Has(PageFlags.Lru) && !frame.Has(PageFlags.Isolated), $"frame {pfn} is on an LRU without its flag");
            Expect(frame.Has(PageFlags.Anonymous) == anonymous, $"frame {pfn} is on the other LRU");
            // Ends the walk of a list with a cycle.
            if (++listed > _memory.FrameCount)
                break;
        }
        long flagged = anonymous ? _onAnonymousLru : _onFileLru;
        Expect(listed == flagged, $"{flagged} folios have the LRU flag, {listed} are on the list (anonymous: {anonymous})");
    }

    private void Expect(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref ViolationText otherwise)
    {
        if (!holds)
            _violations.Add(otherwise.ToText());
    }
}
