using CopyMc.Collapse;
using CopyMc.Engine.Tests.Simulation;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Collapse.Kernels;

/// <summary>A demonstration of each difference between kernels.</summary>
internal static class KernelDemonstrations
{
    private const ulong Page = TestMachine.Page, HugePage = TestMachine.HugePage;

    internal static IReadOnlyList<KernelDemonstration> All { get; } =
    [
        new(nameof(KernelBehavior.CollapseRecoversFromPoison), "6.4", "panic; panic", "EINVAL; EINVAL",
            machine => $"{CollapseOfPoison(machine, isShmem: false)}; {CollapseOfPoison(new TestMachine(options: machine.Machine.Options), isShmem: true)}"),
        new(nameof(KernelBehavior.KeepsPagesWritable), "6.4", "read-only, writable", "writable, writable", EndOfProtection),
        new(nameof(KernelBehavior.KeepsHolesForUserfaultfd), "6.4", "SUCCEED", "EXCEED_NONE_PTE", HoleOfRegisteredShmem),
        new(nameof(KernelBehavior.ReportsTooManyHolesAsBusy), "6.4", "EINVAL", "EBUSY", HoleOfRegisteredMemory),
        new(nameof(KernelBehavior.ProtectsAbsentPages), "6.4", "refused", "opened", ProtectionOfAbsentPages),
        new(nameof(KernelBehavior.HasPoisonMarkers), "6.12", "EINVAL, none", "done, marker", PoisonMarker),
        new(nameof(KernelBehavior.RetractsEveryPageTable), "6.12", "done, True, table; EINVAL, False", "done, True, no table; done, True", FileOfTwoProcesses),
        new(nameof(KernelBehavior.ThpDisableEndsCollapse), "6.12", "VMA_CHECK", "ANY_PROCESS", ThpDisabledMeanwhile),
        new(nameof(KernelBehavior.EndsProtectionAtClose), "6.12", "True", "False", machine => ProtectionAfter(machine, isMoved: false)),
        new(nameof(KernelBehavior.HasSeals), "6.12", "ENOSYS, done", "done, EPERM", Seal),
        new(nameof(KernelBehavior.CountsFoliosAsShared), "6.12", "SUCCEED, SUCCEED", "EXCEED_SHARED_PTE, EXCEED_SHARED_PTE", SharedFolio),
        new(nameof(KernelBehavior.HasDroppableMemory), "6.12", "EINVAL", "done", machine =>
            machine.Process.Mmap(0, Page, Protection.ReadWrite, MapFlags.Droppable) is { IsDone: true } ? "done" : "EINVAL"),
        new(nameof(KernelBehavior.ClearsProtectionAtMove), "6.12", "True", "False", machine => ProtectionAfter(machine, isMoved: true)),
        new(nameof(KernelBehavior.CopyFaultRecoversFromPoison), "6.12", "panic; panic", "MemoryError; ENOMEM",
            machine => $"{StoreToPrivateMapping(machine)}; {ForkOfPinnedPage(new TestMachine(options: machine.Machine.Options))}"),
        new(nameof(KernelBehavior.RefusesToMapHugePages), "6.12", "huge; huge", "small; small", HugePageOfForbiddenFile),
        new(nameof(KernelBehavior.ReplacesHugeZeroPage), "6.18", "huge, small", "huge, huge", StoreToHugeZeroPage),
        new(nameof(KernelBehavior.HasGuards), "6.18", "EINVAL, EINVAL", "done, done", machine => Guard(machine, machine.MapFilled())),
        new(nameof(KernelBehavior.ReclaimsPageTables), "6.18", "table", "no table", EmptiedTable),
        new(nameof(KernelBehavior.HasGuardsInFiles), "6.18", "EINVAL, EINVAL", "done, done", machine => Guard(machine, machine.MapFile(isShmem: true).Start)),
        new(nameof(KernelBehavior.MovesSeveralAreas), "6.18", "EFAULT", "0x10000000000", machine =>
        {
            ulong start = machine.MapFilled();
            machine.Process.Mprotect(start, Page, Protection.Read);
            return machine.Process.Mremap(start, TestMachine.HugePage, TestMachine.HugePage, RemapFlags.MayMove | RemapFlags.Fixed, 1UL << 40).ToString();
        }),
        new(nameof(KernelBehavior.CollapsesWithoutWritablePage), "6.18", "EINVAL, PAGE_RO, PAGE_RO", "done, SUCCEED, LACK_REFERENCED_PAGE", ReadOnlyMemory),
        new(nameof(KernelBehavior.MapsHugePageWithoutTable), "6.18", "EINVAL, PMD_NULL, small, 512", "done, SUCCEED, huge, 512", FileWithoutTable),
        new(nameof(KernelBehavior.MapsWholeFolioAround), "6.18", "16", "511", LoadFromLargeFolio),
        new(nameof(KernelBehavior.KeepsUserfaultfdFromDroppable), "6.18", "done", "EINVAL", DroppableMemory),
        new(nameof(KernelBehavior.CanExceptAdvisedAreas), "6.18", "EINVAL, Off", "done, ExceptAdvised", machine =>
            $"{machine.Process.SetThpDisable(ThpDisable.ExceptAdvised)}, {machine.Process.ThpDisable}"),
        new(nameof(KernelBehavior.MarksAreasWithGuards), "7.0", "-, anon_vma, table, marker", "-, no anon_vma, table, marker", GuardInShmem),
        new(nameof(KernelBehavior.GoesOnWithoutPageTable), "7.0", "SUCCEED, PMD_NONE", "SUCCEED, NO_PTE_TABLE, SUCCEED", ThreeRanges),
        new(nameof(KernelBehavior.ReportsDirtyPages), "7.0", "FAIL", "PAGE_DIRTY_OR_WRITEBACK", DirtyFile),
        new(nameof(KernelBehavior.WritesBackForCollapse), "7.0", "EINVAL, dirty", "done, clean", CollapseOfDirtyFile),
        new(nameof(KernelBehavior.KeepsLazyFreePages), "7.3", "SUCCEED, SUCCEED, SUCCEED", "PAGE_LAZYFREE, SUCCEED, PAGE_LAZYFREE", LazyFreePages),
        new(nameof(KernelBehavior.AcceptsEmptyRange), "7.3", "EINVAL", "done", machine =>
            machine.Process.Madvise(machine.MapFilled() + Page, Page, Advice.Collapse).ToString()),
        new(nameof(KernelBehavior.CollapsesFilesOpenForWriting), "7.3", "EINVAL, FAIL, small", "done, PTE_MAPPED_HUGEPAGE, huge", FileOpenForWriting),
        new(nameof(KernelBehavior.RetriesPrivateData), "7.3", "EINVAL", "EAGAIN", PrivateData),
        new(nameof(KernelBehavior.BudgetsEntries), "7.3", "2", "8", RangesOfABudget),
    ];

    private static string StoreToHugeZeroPage(TestMachine machine)
    {
        machine.Machine.HugePagesAtFault = true;
        ulong start = machine.Process.Map(TestMachine.HugePage, advice: Advice.HugePage);
        TestMachine.Read(machine.Process, start);
        string before = Size();
        machine.Process.Write(start, [1]);
        return $"{before}, {Size()}";

        string Size() => machine.Process.IsHuge(start) ? "huge" : "small";
    }

    private static string Of(TestMachine test, ulong start, ulong length = HugePage) => test.Process.Madvise(start, length, Advice.Collapse).ToString();

    private static string CollapseOfPoison(TestMachine test, bool isShmem)
    {
        ulong start = isShmem ? test.MapFile(isShmem: true).Start : test.MapFilled();
        TestMachine.Read(test.Process, start + 7 * Page);
        uint pfn = test.Process.EntryAt(start + 7 * Page).Pfn;
        test.Machine.Poison(pfn, 3);
        try
        {
            return Of(test, start);
        }
        catch (KernelPanicException panic)
        {
            Assert.Equal(pfn, panic.Frame);
            return "panic";
        }
        finally
        {
            if (isShmem)
                test.Dispose();
        }
    }

    private static string EndOfProtection(TestMachine test)
    {
        ulong start = test.MapFilled();
        Userfaultfd userfaultfd = Register(test, start, UserfaultfdModes.WriteProtect);
        Assert.True(userfaultfd.Unregister(start, HugePage).IsDone);
        string Access() => test.Process.EntryAt(start).IsWritable ? "writable" : "read-only";
        string ended = Access();
        Assert.True(test.Process.Write(start, TestMachine.Content(0)).IsDone);
        return $"{ended}, {Access()}";
    }

    private static string ProtectionAfter(TestMachine test, bool isMoved)
    {
        ulong start = test.MapFilled();
        Userfaultfd userfaultfd = Register(test, start, UserfaultfdModes.WriteProtect);
        Assert.True(userfaultfd.WriteProtect(start, Page).IsDone);
        if (isMoved)
            start = test.Process.Mremap(start, HugePage, HugePage, RemapFlags.MayMove | RemapFlags.Fixed, 1UL << 40).Value;
        else
            Assert.True(userfaultfd.Close().IsDone);
        return test.Process.EntryAt(start).IsUffdWriteProtected.ToString();
    }

    private static string HoleOfRegisteredShmem(TestMachine test)
    {
        ulong start = test.MapFile(isShmem: true, page => page != 9).Start;
        TestMachine.Read(test.Process, start);
        Register(test, start, UserfaultfdModes.Missing);
        return MadviseCollapse.Run(test.Process, start, HugePage).Ranges.Single().Result.ToName();
    }

    private static string HoleOfRegisteredMemory(TestMachine test)
    {
        ulong start = test.MapFilled(page => page != 9);
        Register(test, start, UserfaultfdModes.Missing);
        return Of(test, start);
    }

    private static string ProtectionOfAbsentPages(TestMachine test)
    {
        try
        {
            test.Process.OpenUserfaultfd(UserfaultfdFeatures.WriteProtectUnpopulated);
            return "opened";
        }
        catch (ArgumentException)
        {
            return "refused";
        }
    }

    private static string PoisonMarker(TestMachine test)
    {
        ulong start = test.Process.Map(HugePage);
        SystemCallResult result = Register(test, start, UserfaultfdModes.Missing).Poison(start, Page);
        return $"{result}, {(test.Process.EntryAt(start).IsPoisonMarker ? "marker" : "none")}";
    }

    private static string FileOfTwoProcesses(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: true);
        AddressSpace other = test.Machine.NewProcess(), third = test.Machine.NewProcess();
        ulong there = other.MapFile(file, 0, HugePage, address: start);
        TestMachine.Read(test.Process, start);
        TestMachine.Read(other, there);
        string called = $"{Of(test, start)}, {test.Process.IsHuge(start)}, {(other.TableAt(there) is null ? "no table" : "table")}";

        // A process that has a table of PMDs, but no page table in it.
        (SimulatedFile second, _) = test.MapFile(isShmem: true);
        ulong near = third.Map(HugePage, address: start);
        TestMachine.Fill(third, near, page => page == 0);
        ulong empty = third.MapFile(second, 0, HugePage, address: near + HugePage);
        return $"{called}; {third.Madvise(empty, HugePage, Advice.Collapse)}, {third.IsHuge(empty)}";
    }

    private static string ThpDisabledMeanwhile(TestMachine test)
    {
        var collapse = new AnonymousCollapse(test.Process, test.MapFilled());
        RunTo(collapse, CollapseStep.Revalidate);
        Assert.True(test.Process.SetThpDisable(ThpDisable.Completely).IsDone);
        return collapse.Run().ToName();
    }

    private static string Seal(TestMachine test)
    {
        ulong start = test.MapFilled();
        return $"{test.Process.Mseal(start, HugePage)}, {test.Process.Munmap(start, HugePage)}";
    }

    private static string SharedFolio(TestMachine test)
    {
        // The child maps half of the parent's huge page; one page of the parent can be written.
        ulong start = test.MapFilled();
        Assert.Equal("done", Of(test, start));
        Assert.True(test.Process.Fork(out AddressSpace? child).IsDone);
        Assert.True(child!.Munmap(start, HugePage / 2).IsDone);
        test.Process.SplitHugeMapping(start);
        Assert.True(test.Process.Write(start, TestMachine.Content(0)).IsDone);
        string scanned = Collapse(test, start, new CollapseLimits()).Run().ToName();
        // The scan succeeds before the fork.
        ulong second = test.MapFilled();
        Assert.Equal("done", Of(test, second));
        test.Process.SplitHugeMapping(second);
        AnonymousCollapse collapse = Collapse(test, second, new CollapseLimits());
        RunTo(collapse, CollapseStep.LockForWrite);
        Assert.True(test.Process.Fork(out child).IsDone);
        Assert.True(child!.Munmap(second, HugePage / 2).IsDone);
        Assert.True(test.Process.Write(second, TestMachine.Content(0)).IsDone);
        return $"{scanned}, {collapse.Run().ToName()}";
    }

    private static AnonymousCollapse Collapse(TestMachine test, ulong start, CollapseLimits limits) =>
        new(test.Process, start, new CollapseOptions { Limits = limits });

    private static void RunTo(AnonymousCollapse collapse, CollapseStep step)
    {
        while (collapse.NextStep != step)
            Assert.True(collapse.MoveNext());
    }

    private static string StoreToPrivateMapping(TestMachine test)
    {
        (SimulatedFile file, _) = test.MapFile(isShmem: true);
        ulong start = test.Process.MapFile(file, 0, HugePage, sharing: MapFlags.Private);
        test.Machine.Poison(file.SlotAt(5).Pfn, 0);
        return OrPanic(() => test.Process.Write(start + 5 * Page, [1]).ToString());
    }

    private static string ForkOfPinnedPage(TestMachine test)
    {
        using (test)
        {
            ulong start = test.MapFilled();
            Assert.True(test.Process.TryPin(start, out _, PinKind.Io).IsDone);
            test.Machine.Poison(test.Process.EntryAt(start).Pfn, 0);
            return OrPanic(() => test.Process.Fork(out _).ToString());
        }
    }

    private static string Guard(TestMachine test, ulong start) =>
        $"{test.Process.Madvise(start, Page, Advice.GuardInstall)}, {test.Process.Madvise(start, Page, Advice.GuardRemove)}";

    private static string EmptiedTable(TestMachine test)
    {
        ulong start = test.MapFilled();
        Assert.True(test.Process.Madvise(start, HugePage, Advice.DontNeed).IsDone);
        return test.Process.TableAt(start) is null ? "no table" : "table";
    }

    private static string ReadOnlyMemory(TestMachine test)
    {
        ulong start = test.MapFilled();
        Assert.True(test.Process.Mprotect(start, HugePage, Protection.Read).IsDone);
        // Writable in the scan, but no longer when the pages are isolated; khugepaged checks for referenced pages only after that.
        ulong second = test.MapFilled();
        AnonymousCollapse collapse = Collapse(test, second, new CollapseLimits());
        RunTo(collapse, CollapseStep.LockForWrite);
        Assert.True(test.Process.Madvise(second, HugePage, Advice.Cold).IsDone);
        Assert.True(test.Process.Mprotect(second, HugePage, Protection.Read).IsDone);
        return $"{Of(test, start)}, {Result(test, start)}, {collapse.Run().ToName()}";
    }

    /// <summary>The result of a collapse of a range that is huge already, or is refused again.</summary>
    private static string Result(TestMachine test, ulong start) =>
        test.Process.IsHuge(start) ? "SUCCEED" : MadviseCollapse.Run(test.Process, start, HugePage).Ranges.Single().Result.ToName();

    private static string FileWithoutTable(TestMachine test)
    {
        (SimulatedFile file, _) = test.MapFile(isShmem: true);
        AddressSpace other = test.Machine.NewProcess();
        ulong start = other.MapFile(file, 0, HugePage);
        // khugepaged has collapsed the file. This tests whether MADV_COLLAPSE maps it for a process without a page table.
        Assert.Equal(CollapseResult.Succeed, CollapseByKhugepaged(test, file));
        MadviseCollapseResult result = MadviseCollapse.Run(other, start, HugePage);
        string errno = result.Error == Errno.None ? "done" : result.Error.ToString();
        return $"{errno}, {result.Ranges.Single().Result.ToName()}, {(other.IsHuge(start) ? "huge" : "small")}, {file.CachedPages}";
    }

    private static CollapseResult CollapseByKhugepaged(TestMachine test, SimulatedFile file)
    {
        ulong start = test.Process.Areas.First(area => area.File == file).Start;
        TestMachine.Read(test.Process, start);
        return new FileCollapse(test.Machine, file, 0, new CollapseOptions { Limits = new CollapseLimits(), FoundIn = (test.Process, start) }).Run();
    }

    private static string HugePageOfForbiddenFile(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: true);
        Assert.Equal(CollapseResult.Succeed, CollapseByKhugepaged(test, file));
        string Load(AddressSpace process)
        {
            Assert.True(process.Read(start, new byte[1]).IsDone);
            return process.IsHuge(start) ? "huge" : "small";
        }
        AddressSpace disabled = test.Machine.NewProcess(), advised = test.Machine.NewProcess();
        disabled.MapFile(file, 0, HugePage, address: start);
        advised.MapFile(file, 0, HugePage, address: start);
        Assert.True(disabled.SetThpDisable(ThpDisable.Completely).IsDone);
        Assert.True(advised.Madvise(start, HugePage, Advice.NoHugePage).IsDone);
        return $"{Load(disabled)}; {Load(advised)}";
    }

    private static string LoadFromLargeFolio(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: true);
        Assert.Equal(CollapseResult.Succeed, CollapseByKhugepaged(test, file));
        // A private copy keeps the PMD from mapping the folio.
        AddressSpace other = test.Machine.NewProcess();
        ulong mapping = other.MapFile(file, 0, HugePage, address: start, sharing: MapFlags.Private);
        Assert.True(other.Write(mapping + 511 * Page, new byte[1]).IsDone);
        Assert.True(other.Read(mapping, new byte[1]).IsDone);
        return Enumerable.Range(0, PageTable.EntryCount - 1).Count(page => other.EntryAt(mapping + (ulong)page * Page).IsPresent).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string DroppableMemory(TestMachine test)
    {
        MapFlags sharing = test.Machine.Behavior.HasDroppableMemory ? MapFlags.Droppable : MapFlags.Private;
        ulong start = test.Process.Mmap(0, HugePage, Protection.ReadWrite, sharing).Value;
        return test.Process.OpenUserfaultfd().Register(start, HugePage, UserfaultfdModes.Missing).ToString();
    }

    private static string GuardInShmem(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: true);
        if (!test.Machine.Behavior.HasGuardsInFiles)
            return "-, anon_vma, table, marker";
        TestMachine.Read(test.Process, start);
        Assert.True(test.Process.Madvise(start + 9 * Page, Page, Advice.GuardInstall).IsDone);
        string anonVma = test.Process.Find(start)!.AnonVma is null ? "no anon_vma" : "anon_vma";
        new FileCollapse(test.Machine, file, 0).Run();
        return $"-, {anonVma}, {(test.Process.TableAt(start) is null ? "no table" : "table")}, {(test.Process.EntryAt(start + 9 * Page).IsGuardMarker ? "marker" : "none")}";
    }

    private static string ThreeRanges(TestMachine test)
    {
        ulong start = test.Process.Map(3 * HugePage);
        TestMachine.Fill(test.Process, start);
        TestMachine.Fill(test.Process, start + 2 * HugePage);
        return string.Join(", ", MadviseCollapse.Run(test.Process, start, 3 * HugePage).Ranges.Select(range => range.Result.ToName()));
    }

    private static string DirtyFile(TestMachine test)
    {
        (SimulatedFile file, _) = test.MapFile(isShmem: false, writeBack: false);
        return new FileCollapse(test.Machine, file, 0).Run().ToName();
    }

    private static string CollapseOfDirtyFile(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: false, writeBack: false);
        string result = Of(test, start);
        return $"{result}, {(IsDirty(test, file) ? "dirty" : "clean")}";
    }

    private static unsafe bool IsDirty(TestMachine test, SimulatedFile file) =>
        test.Machine.Memory.Frames[test.Machine.Memory.HeadOf(file.SlotAt(0).Pfn)].Has(PageFlags.Dirty);

    private static string LazyFreePages(TestMachine test)
    {
        ulong[] starts = [test.MapFilled(), test.MapFilled(), test.MapFilled()];
        Assert.True(test.Process.Madvise(starts[0] + 9 * Page, Page, Advice.Free).IsDone);
        Assert.True(test.Process.Madvise(starts[1] + 9 * Page, Page, Advice.Free).IsDone);
        string scanned = Collapse(test, starts[0], new CollapseLimits()).Run().ToName();
        // Only khugepaged skips them, in the scan and in the isolation.
        string called = MadviseCollapse.Run(test.Process, starts[1], HugePage).Ranges.Single().Result.ToName();
        AnonymousCollapse collapse = Collapse(test, starts[2], new CollapseLimits());
        RunTo(collapse, CollapseStep.LockForWrite);
        Assert.True(test.Process.Madvise(starts[2] + 9 * Page, Page, Advice.Free).IsDone);
        return $"{scanned}, {called}, {collapse.Run().ToName()}";
    }

    private static string FileOpenForWriting(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: false);
        (SimulatedFile second, _) = test.MapFile(isShmem: false);
        file.IsOpenForWrite = second.IsOpenForWrite = true;
        TestMachine.Read(test.Process, start);
        string called = Of(test, start);
        return $"{called}, {new FileCollapse(test.Machine, second, 0).Run().ToName()}, {(test.Process.IsHuge(start) ? "huge" : "small")}";
    }

    private static string PrivateData(TestMachine test)
    {
        (SimulatedFile file, ulong start) = test.MapFile(isShmem: false);
        file.AttachPrivate(9);
        test.Machine.FailureInjection = point => point == FailurePoint.ReleasePrivate;
        return Of(test, start);
    }

    private static string RangesOfABudget(TestMachine test)
    {
        // Each range is refused at its second entry, because khugepaged allows no hole here.
        for (int i = 0; i < 8; i++)
            test.MapFilled(page => page == 0);
        var khugepaged = new Khugepaged(test.Machine, new KhugepagedOptions { PagesToScan = 2 * PageTable.EntryCount, Limits = new CollapseLimits(MaxPtesNone: 0) });
        khugepaged.ScanBatch();
        return khugepaged.RangesScanned.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Userfaultfd Register(TestMachine test, ulong start, UserfaultfdModes modes)
    {
        Userfaultfd userfaultfd = test.Process.OpenUserfaultfd();
        Assert.Equal(SystemCallResult.Done, userfaultfd.Register(start, HugePage, modes));
        return userfaultfd;
    }

    private static string OrPanic(Func<string> run)
    {
        try
        {
            return run();
        }
        catch (KernelPanicException)
        {
            return "panic";
        }
    }
}
