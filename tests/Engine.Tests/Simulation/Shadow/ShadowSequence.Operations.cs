using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation.Shadow;

internal sealed unsafe partial class ShadowSequence
{
    private static readonly (int First, int Count)[] s_ranges =
    [
        (0, 512), (0, 512), (256, 1), (255, 2), (0, 256), (256, 256), (9, 1), (512, 512), (0, 1024), (256, 512), (511, 2), (0, 1), (37, 38),
    ];

    private void Operate(ShadowProcess process)
    {
        (int First, int Count) range = s_ranges[random.Next(s_ranges.Length)];
        ulong address = ShadowProcess.AddressOf(range.First), length = (ulong)range.Count * Page;
        AddressSpace space = process.Space;
        switch (random.Next(34))
        {
            case 0 or 1:
                Map(process, range);
                break;
            case 2:
                Note(process, "munmap", range, space.Munmap(address, length));
                break;
            case 3:
                Protection protection = Any(Protection.Read, Protection.ReadWrite, Protection.ReadWrite, Protection.None);
                Note(process, $"mprotect {protection}", range, space.Mprotect(address, length, protection));
                break;
            case 4 or 5:
                Remap(process, range);
                break;
            case 6 or 7 or 8 or 9:
                Drop(process, range, Any(
                    Advice.DontNeed, Advice.DontNeed, Advice.Free, Advice.Free, Advice.Remove, Advice.DontNeedLocked, Advice.GuardInstall, Advice.GuardRemove));
                break;
            case 10:
                Advice advice = Any(Advice.DontFork, Advice.DoFork, Advice.WipeOnFork, Advice.KeepOnFork, Advice.HugePage, Advice.NoHugePage, Advice.Cold, Advice.WillNeed);
                Note(process, $"madvise {advice}", range, space.Madvise(address, length, advice));
                break;
            case 11 or 12:
                Note(process, "pageout", range, space.Madvise(address, length, Advice.PageOut));
                if (space.SwapEntries > 0)
                    reached.Add(Reached.SwappedOut);
                break;
            case 13 or 14:
                Advice populate = Any(Advice.PopulateRead, Advice.PopulateWrite);
                Note(process, $"madvise {populate}", range, space.Madvise(address, length, populate));
                MayHaveCopied(process, range);
                break;
            case 15:
                Note(process, "mlock or munlock", range, random.Next(2) == 0 ? space.Mlock(address, length, random.Next(2) == 0) : space.Munlock(address, length));
                MayHaveCopied(process, range);
                break;
            case 16 or 17 or 18:
                Collapse(process);
                break;
            case 19 or 20:
                foreach (int page in Chosen(range))
                {
                    if (random.Next(3) == 0)
                        Write(process, page, 8 * random.Next(512 - 64), 8 * 64);
                    else
                        Write(process, page, 0, (int)Page);
                }
                Note(process, "write", range, SystemCallResult.Done);
                break;
            case 21 or 22 or 23:
                UseUserfaultfd(process, range);
                break;
            case 24:
                PoisonOnePage(process, Any(256, 9, 511, 0, range.First));
                break;
            case 25 or 26 when _processes.Count < MostProcesses:
                Fork(process);
                break;
            case 27 when _processes.Count > 1:
                if (space.Exit().IsDone)
                {
                    Note(process, "exit", range, SystemCallResult.Done);
                    _processes.Remove(process);
                }
                break;
            case 28 when _file is not null:
                ChangeFile(range);
                break;
            case 29 when random.Next(2) == 0:
                PoisonFrame(process, Any(256, 9, 511, 0, range.First));
                break;
            case 30:
                machine.MemoryFailure.RunPending();
                Log.Add("memory failure");
                break;
            case 31:
                Log.Add($"reclaim: {Reclaim.TryReclaimOne(machine, anonymous: random.Next(2) == 0)}");
                break;
            case 32:
                Pin(process, Any(256, 9, 0, range.First));
                break;
            case 33:
                for (int steps = 1 + random.Next(6); steps > 0 && _collapses.Count > 0; steps--)
                    Step(_collapses[random.Next(_collapses.Count)]);
                break;
        }
    }

    private void Note(ShadowProcess process, string what, (int First, int Count) range, SystemCallResult result) =>
        Log.Add($"{process.Space.Number}: {what} {range.First}+{range.Count}: {result}");

    /// <summary>Sets the content of a page that a call dropped, or adds it if the call may have skipped the page.</summary>
    private static void Dropped(ShadowProcess process, (int First, int Count) range, SystemCallResult result)
    {
        for (int page = range.First; page < range.First + range.Count; page++)
        {
            if (result.IsDone)
                process.Pages.Set(page, process.Untouched(page));
            else
                process.Pages.Allow(page, process.Untouched(page));
        }
    }

    /// <summary>A write fault copies a page of a private mapping, so that later changes of the file do not reach it.</summary>
    private void MayHaveCopied(ShadowProcess process, (int First, int Count) range)
    {
        for (int page = range.First; page < range.First + range.Count && !_isShared; page++)
        {
            foreach (int content in ContentsOf(process, page).ToArray())
                process.Pages.Allow(page, content);
        }
    }

    private void Map(ShadowProcess process, (int First, int Count) range)
    {
        Protection protection = Any(Protection.ReadWrite, Protection.ReadWrite, Protection.ReadWrite, Protection.Read);
        bool ofFile = _file is not null && random.Next(4) != 0;
        int filePage = Any(range.First, range.First, 0);
        SystemCallResult result = process.Space.Mmap(
            ShadowProcess.AddressOf(range.First), (ulong)range.Count * Page, protection,
            (ofFile && _isShared ? MapFlags.Shared : MapFlags.Private) | MapFlags.Fixed, ofFile ? _file : null, ofFile ? (ulong)filePage * Page : 0);
        Note(process, $"mmap {(ofFile ? $"file {filePage}" : "anonymous")}", range, result);
        Dropped(process, range, result);
    }

    private void Remap(ShadowProcess process, (int First, int Count) range)
    {
        int to = Any(0, 512, 1024, 256, 1, 513, range.First + 512) % (WindowPages - range.Count + 1);
        bool keeps = random.Next(4) == 0;
        // Areas are moved one by one, and gaps between them do not unmap the target.
        bool[] isMapped = [.. Enumerable.Range(range.First, range.Count).Select(page => process.AreaOf(page) is not null)];
        SystemCallResult result = process.Space.Mremap(
            ShadowProcess.AddressOf(range.First), (ulong)range.Count * Page, (ulong)range.Count * Page,
            RemapFlags.MayMove | RemapFlags.Fixed | (keeps ? RemapFlags.DontUnmap : 0), ShadowProcess.AddressOf(to));
        Note(process, $"mremap{(keeps ? " dontunmap" : "")} to {to}", range, result);
        // When a later area is refused, the target may be unmapped and the first areas may be moved already.
        if (!result.IsDone)
            Dropped(process, (to, range.Count), result);
        for (int i = 0; i < range.Count; i++)
        {
            if (!isMapped[i])
                continue;
            int[] moved = process.Pages[range.First + i];
            if (result.IsDone)
            {
                process.Pages[to + i] = moved;
                process.Pages.Set(range.First + i, process.Untouched(range.First + i));
            }
            else
            {
                process.Pages[to + i] = [.. process.Pages[to + i].Union(moved)];
                process.Pages.Allow(range.First + i, process.Untouched(range.First + i));
            }
            if (process.Pages.May(to + i, Contents.Poison))
                reached.Add(Reached.PoisonMoved);
        }
    }

    private void Drop(ShadowProcess process, (int First, int Count) range, Advice advice)
    {
        SystemCallResult result = process.Space.Madvise(ShadowProcess.AddressOf(range.First), (ulong)range.Count * Page, advice);
        Note(process, $"madvise {advice}", range, result);
        process.HasGuards |= advice == Advice.GuardInstall;
        if (advice == Advice.GuardRemove)
            return;
        for (int page = range.First; page < range.First + range.Count; page++)
        {
            if (result.IsDone && process.Pages.May(page, Contents.Poison) && process.AreaOf(page) is not null)
                reached.Add(Reached.PoisonDropped);
            if (advice == Advice.Remove && process.AreaOf(page) is { File: not null } area && page == int.Max(range.First, ShadowProcess.PageOf(area.Start)))
                DroppedFromFile(((int)area.PageIndex(ShadowProcess.AddressOf(page)), int.Min(ShadowProcess.PageOf(area.End), range.First + range.Count) - page), result);
        }
        // A page after MADV_FREE stays until memory is short. A hole in a file leaves private copies.
        bool forCertain = result.IsDone && advice is not (Advice.Free or Advice.Remove);
        Dropped(process, range, forCertain ? SystemCallResult.Done : Errno.EAGAIN);
    }

    private void DroppedFromFile((int First, int Count) range, SystemCallResult result)
    {
        int end = int.Min(range.First + range.Count, WindowPages);
        for (int page = range.First; page < end; page++)
        {
            if (result.IsDone)
                _filePages!.Set(page, Contents.Zeros);
            else
                _filePages!.Allow(page, Contents.Zeros);
        }
        reached.Add(Reached.HolePunched);
        // The hole removes markers with the pages, except where a process has a private copy.
        MayHaveLostMarkers(range.First, end);
    }

    /// <summary>Page tables of a file can be rebuilt, so that some calls free them, together with their poison markers.</summary>
    private void MayHaveLostMarkers(int firstFilePage, int endFilePage)
    {
        if (firstFilePage >= endFilePage)
            return;
        foreach (ShadowProcess process in _processes)
        {
            for (int page = 0; page < WindowPages; page++)
            {
                if (process.Pages.May(page, Contents.Poison) && process.AreaOf(page) is { File: not null } area
                    && area.PageIndex(ShadowProcess.AddressOf(page)) is var filePage && filePage >= firstFilePage && filePage < endFilePage)
                {
                    process.Pages.Allow(page, Contents.OfFile);
                }
            }
        }
    }

    private void Fork(ShadowProcess process)
    {
        SystemCallResult result = process.Space.Fork(out AddressSpace? forked);
        Note(process, $"fork, child {forked?.Number}", default, result);
        if (forked is null)
            return;
        var child = new ShadowProcess(forked, process.Pages.Copy()) { HasGuards = process.HasGuards };
        for (int page = 0; page < WindowPages; page++)
        {
            Vma? area = process.AreaOf(page);
            if (child.AreaOf(page) is null || (area!.Flags & VmaFlags.WipeOnFork) != 0)
                child.Pages.Set(page, child.Untouched(page));
            else if (area.File is not null && child.Pages.May(page, Contents.Poison))
                child.Pages.Allow(page, Contents.OfFile);
            if (child.Pages.May(page, Contents.Poison))
                reached.Add(Reached.PoisonInChild);
        }
        _processes.Add(child);
    }

    private void UseUserfaultfd(ShadowProcess process, (int First, int Count) range)
    {
        process.Userfaultfd ??= process.Space.OpenUserfaultfd(isUserModeOnly: true);
        Userfaultfd userfaultfd = process.Userfaultfd;
        ulong address = ShadowProcess.AddressOf(range.First), length = (ulong)range.Count * Page;
        switch (random.Next(9))
        {
            case 0 or 1:
                UserfaultfdModes modes = Any(UserfaultfdModes.Missing, UserfaultfdModes.Missing | UserfaultfdModes.WriteProtect, UserfaultfdModes.WriteProtect, UserfaultfdModes.Minor);
                Note(process, $"uffd register {modes}", range, userfaultfd.Register(address, length, modes));
                break;
            case 2:
                Note(process, "uffd unregister", range, userfaultfd.Unregister(address, length));
                break;
            case 3 or 4:
                Poison(process, range);
                break;
            case 5:
                FillMissing(process, range);
                break;
            case 6:
                bool protects = random.Next(3) != 0;
                Note(process, $"uffd {(protects ? "" : "un")}protect", range, userfaultfd.WriteProtect(address, length, protects));
                break;
            case 7:
                SystemCallResult continued = userfaultfd.Continue(address, length);
                Note(process, "uffd continue", range, continued);
                Filled(process, range, IsWhole(continued, length));
                break;
            case 8 when random.Next(4) == 0:
                Note(process, "uffd close", default, userfaultfd.Close());
                process.Userfaultfd = null;
                break;
        }
    }

    private void Poison(ShadowProcess process, (int First, int Count) range)
    {
        ulong length = (ulong)range.Count * Page;
        SystemCallResult result = process.Userfaultfd!.Poison(ShadowProcess.AddressOf(range.First), length);
        Note(process, "uffd poison", range, result);
        for (int page = range.First; page < range.First + range.Count; page++)
        {
            if (IsWhole(result, length))
                process.Pages.Set(page, Contents.Poison);
            else
                process.Pages.Allow(page, Contents.Poison);
        }
    }

    /// <summary>As a virtual machine monitor does it: drops the page, sets a marker, and may end the registration.</summary>
    private void PoisonOnePage(ShadowProcess process, int page)
    {
        Drop(process, (page, 1), Advice.DontNeed);
        process.Userfaultfd ??= process.Space.OpenUserfaultfd(isUserModeOnly: true);
        (ulong address, ulong length) = (ShadowProcess.AddressOf(page), Any(Page, 512 * Page));
        Note(process, "uffd register Missing", (page, 1), process.Userfaultfd.Register(address, length, UserfaultfdModes.Missing));
        Poison(process, (page, 1));
        if (random.Next(2) == 0)
            Note(process, "uffd unregister", (page, 1), process.Userfaultfd.Unregister(address, length));
    }

    private void FillMissing(ShadowProcess process, (int First, int Count) range)
    {
        ulong address = ShadowProcess.AddressOf(range.First), length = (ulong)range.Count * Page;
        bool copies = random.Next(2) == 0;
        var contents = new int[range.Count];
        var bytes = new byte[copies ? length : 0];
        for (int i = 0; i < range.Count && copies; i++)
        {
            int store = _contents.NewStore();
            Contents.FillWith(store, bytes.AsSpan(i * (int)Page, (int)Page));
            contents[i] = _contents.After(Contents.Zeros, store, 0, (int)Page);
        }
        SystemCallResult result = copies ? process.Userfaultfd!.Copy(address, bytes) : process.Userfaultfd!.ZeroPage(address, length);
        Note(process, copies ? "uffd copy" : "uffd zeropage", range, result);
        Filled(process, range, IsWhole(result, length));
        for (int i = 0; i < range.Count; i++)
        {
            int page = range.First + i;
            Vma? area = process.AreaOf(page);
            bool inFile = _isShared && area?.File is not null;
            (ShadowPages pages, int at) = inFile ? (_filePages!, (int)area!.PageIndex(ShadowProcess.AddressOf(page))) : (process.Pages, page);
            if (at >= pages.Count)
                continue;
            if (IsWhole(result, length))
                pages.Set(at, contents[i]);
            else
                pages.Allow(at, contents[i]);
        }
    }

    /// <summary>A page that userfaultfd fills replaces a marker, even one for poison (<c>mfill_atomic_install_pte</c>).</summary>
    private static void Filled(ShadowProcess process, (int First, int Count) range, bool isWhole)
    {
        for (int page = range.First; page < range.First + range.Count; page++)
        {
            if (process.AreaOf(page) is not { File: not null })
                continue;
            if (isWhole)
                process.Pages.Set(page, Contents.OfFile);
            else
                process.Pages.Allow(page, Contents.OfFile);
        }
    }

    private static bool IsWhole(SystemCallResult result, ulong length) => result.IsDone && (result.Value == 0 || result.Value == length);

    private void ChangeFile((int First, int Count) range)
    {
        SystemCallResult result;
        switch (random.Next(6))
        {
            case 0 or 1:
                result = _file!.PunchHole((uint)range.First, (uint)range.Count);
                DroppedFromFile(range, result);
                break;
            case 2:
                result = _file!.Allocate((uint)range.First, (uint)range.Count);
                break;
            case 3:
                int end = Any(256, 512, 1024, WindowPages);
                result = _file!.Truncate((ulong)end * Page);
                range = (end, WindowPages - end);
                Truncated(end, result);
                break;
            default:
                foreach (int page in Chosen(range))
                    WriteFile(page);
                result = SystemCallResult.Done;
                break;
        }
        Log.Add($"file changed at {range.First}+{range.Count}: {result}");
    }

    private void Truncated(int end, SystemCallResult result)
    {
        DroppedFromFile((end, WindowPages - end), result);
        foreach (ShadowProcess process in _processes)
        {
            for (int page = 0; page < WindowPages; page++)
            {
                // Private copies are unmapped too.
                if (process.AreaOf(page) is { File: not null } area && area.PageIndex(ShadowProcess.AddressOf(page)) >= end)
                    process.Pages.Allow(page, Contents.OfFile);
            }
        }
    }

    private void PoisonFrame(ShadowProcess process, int page)
    {
        Pte entry = process.Space.EntryAt(ShadowProcess.AddressOf(page));
        if (!entry.IsPresent || entry.Pfn == machine.Memory.ZeroFrame || _badFrames.Contains(entry.Pfn))
            return;
        uint pfn = entry.Pfn;
        machine.Poison(pfn, random.Next(64));
        _badFrames.Add(pfn);
        Log.Add($"poison in frame {pfn}, page {page} of {process.Space.Number}");
        for (uint i = 0; _file is not null && i < WindowPages; i++)
        {
            // Reclaim drops a page that was never written without reading it, and a fault makes a new page of zeros.
            if (_file.SlotAt(i) is { IsPage: true } slot && slot.Pfn == pfn)
                _filePages![(int)i] = _filePages.May((int)i, Contents.Zeros) ? [Contents.Poison, Contents.Zeros] : [Contents.Poison];
        }
        bool isLazyFree = !machine.Memory.IsSwapBacked(machine.Memory.HeadOf(pfn));
        foreach (ShadowProcess other in _processes)
        {
            for (int i = 0; i < WindowPages; i++)
            {
                Pte mapped = other.Space.EntryAt(ShadowProcess.AddressOf(i));
                if (!mapped.IsPresent || mapped.Pfn != pfn)
                    continue;
                if (IsOfFile(other, i, pfn))
                    other.Pages.Set(i, Contents.OfFile);
                else
                    // Memory after MADV_FREE may still be dropped, and then reads as zeros.
                    other.Pages[i] = isLazyFree && other.Pages.May(i, Contents.Zeros) ? [Contents.Poison, Contents.Zeros] : [Contents.Poison];
            }
        }
    }

    private static bool IsOfFile(ShadowProcess process, int page, uint pfn) =>
        process.AreaOf(page) is { File: { } file } area && file.SlotAt(area.PageIndex(ShadowProcess.AddressOf(page))) is { IsPage: true } slot && slot.Pfn == pfn;

    private void Pin(ShadowProcess process, int page)
    {
        if (process.Pins.Count > 0 && random.Next(2) == 0)
        {
            process.Pins[0].Dispose();
            process.Pins.RemoveAt(0);
            Log.Add($"{process.Space.Number}: unpin");
            return;
        }
        AccessResult result = process.Space.TryPin(ShadowProcess.AddressOf(page), out PinnedPage? pin, Any(PinKind.Reference, PinKind.Io));
        Log.Add($"{process.Space.Number}: pin {page}: {result}");
        MayHaveCopied(process, (page, 1));
        if (pin is not null)
            process.Pins.Add(pin);
    }

    private void Collapse(ShadowProcess process)
    {
        (int First, int Count) range = Any((0, 512), (0, 512), (512, 512), (0, 1024));
        ulong address = ShadowProcess.AddressOf(range.First);
        if (random.Next(3) == 0)
        {
            Start(process, range.First);
            return;
        }
        if (_collapses.Count > 0)
            return;
        MadviseCollapseResult result = MadviseCollapse.Run(process.Space, address, (ulong)range.Count * Page);
        Note(process, $"collapse [{string.Join(' ', result.Ranges.Select(one => one.Result))}]", range, result.Error);
        foreach (RangeResult one in result.Ranges)
            Ended(one.Result, IsHugeInFile(process.Space.Find(one.Address), one.Address));
    }

    /// <summary>A file may be collapsed even if the call fails afterwards, because it cannot map the huge page.</summary>
    private static bool IsHugeInFile(Vma? area, ulong address) => area?.File is { } file && area.HoldsHugeRange(address) && file.IsHuge(area.PageIndex(address));

    /// <summary>A collapse of which only some steps have run, as by khugepaged or another thread.</summary>
    private void Start(ShadowProcess process, int page)
    {
        if (_collapses.Count > 0 || process.AreaOf(page) is not { } area)
            return;
        var options = new CollapseOptions { Limits = random.Next(2) == 0 ? null : new CollapseLimits(), StopBetweenPages = random.Next(50) == 0 };
        uint filePage = area.PageIndex(ShadowProcess.AddressOf(page));
        if (area.File is not null && filePage % TestMachine.Pages != 0)
            return;
        _collapses.Add(area.File is null
            ? new AnonymousCollapse(process.Space, ShadowProcess.AddressOf(page), options) : new FileCollapse(machine, area.File, filePage, options));
        if (area.File is not null)
            MayHaveLostMarkers((int)filePage, (int)filePage + TestMachine.Pages);
        Log.Add($"{process.Space.Number}: collapse of {page} begins");
    }

    private void Step(CollapseOperation collapse)
    {
        reached.Add(Reached.CollapseInterrupted);
        bool goesOn = collapse.MoveNext();
        Log.Add($"collapse: {collapse.NextStep} {collapse.Result}");
        if (goesOn)
            return;
        _collapses.Remove(collapse);
        Ended(collapse.Result!.Value, collapse is FileCollapse);
    }

    private void Ended(CollapseResult result, bool mayHaveLostMarkers)
    {
        if (result == CollapseResult.Succeed)
            reached.Add(Reached.CollapseSucceeded);
        if (result == CollapseResult.CopyMc)
            reached.Add(Reached.CollapseMetPoison);
        if (mayHaveLostMarkers)
            MayHaveLostMarkers(0, WindowPages);
    }
}
