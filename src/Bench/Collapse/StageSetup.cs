using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Maps the regions and brings their pages into the states that they begin in.</summary>
internal sealed class StageSetup(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;

    private AddressSpace Process => stage.Processes[0];

    /// <summary>Maps a region, with nothing in it.</summary>
    internal StagedRegion Map(RegionSetup setup, int number)
    {
        ulong length = (ulong)setup.LengthPages * Page, offset = (ulong)setup.FilePage * Page;
        SimulatedFile? file = null;
        MapFlags flags = MapFlags.Private;
        if (setup.Memory != MemoryKind.Anonymous)
        {
            file = stage.Machine.NewFile(offset + length, setup.Memory == MemoryKind.Shmem);
            file.LimitPages = setup.LimitPages ?? long.MaxValue;
            flags = setup.Private ? MapFlags.Private : MapFlags.Shared;
        }
        SystemCallResult mapped = setup.Address is not null && ScenarioCheck.TryParseAddress(setup.Address, out ulong address)
            ? Process.Mmap(address, length, Protection.ReadWrite, flags | MapFlags.FixedNoReplace, file, offset)
            : Process.Mmap(length, Protection.ReadWrite, flags, file, offset);
        string at = setup.Address is null ? "" : $" at {setup.Address}";
        return mapped.IsDone
            ? new StagedRegion(number, setup, mapped.Value, file)
            : throw new ScenarioFault($"$.regions[{number}].address", $"{length} bytes cannot be mapped{at}: {mapped}.");
    }

    /// <summary>All regions at once: a fork shares the pages of all of them.</summary>
    internal void Fill()
    {
        (StagedRegion Region, PageRun[] Pages)[] regions = [.. stage.Regions.Select(region => (region, region.Setup.RunOfEachPage()))];
        ForEachPage(Write);
        if (regions.Any(region => region.Pages.Any(run => run.Shared)))
        {
            stage.Fork(Process, "$.regions");
            ForEachPage(Unshare);
        }
        ForEachPage(Change);
        foreach (StagedRegion region in stage.Regions)
            Settle(region);
        ForEachPage(Poison);
        ForEachPage(Hold);

        void ForEachPage(Func<StagedRegion, int, PageRun, ActionResult> make)
        {
            foreach ((StagedRegion region, PageRun[] pages) in regions)
            {
                for (int page = 0; page < pages.Length; page++)
                {
                    ActionResult result = make(region, page, pages[page]);
                    if (result.IsDone)
                        continue;
                    int run = region.Setup.Pages.ToList().IndexOf(pages[page]);
                    throw new ScenarioFault(
                        $"$.regions[{region.Number}]{(run < 0 ? "" : $".pages[{run}]")}",
                        $"page {page} cannot be brought into the state '{Word.Of(pages[page].State)}': {result}.");
                }
            }
        }
    }

    private ActionResult Write(StagedRegion region, int page, PageRun run)
    {
        // A regular file has content on disk where no page is in memory.
        if (run.IsEmpty && region.File is not { IsShmem: false })
            return ActionResult.Done;
        if (run.State == PageState.Zero)
            return Process.Read(region.AddressOf(page), new byte[1]);
        if (page == 0 && run.State == PageState.Compound && CompoundPages.Build(Process, region) is { IsDone: false } failed)
            return failed;
        byte[] content = PagePattern.Of(region.Number, page, version: 0);
        return region.File is { } file ? file.Write(region.FilePageOf(page) * Page, content) : Process.Write(region.AddressOf(page), content);
    }

    private ActionResult Unshare(StagedRegion region, int page, PageRun run) =>
        run.Shared || region.File is not null || region.FrameOf(Process, page) is null || run.State == PageState.Zero
            ? ActionResult.Done
            : Process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, version: 0));

    private ActionResult Change(StagedRegion region, int page, PageRun run)
    {
        (ulong address, ulong offset) = (region.AddressOf(page), region.FilePageOf(page) * Page);
        if (region.File is { IsShmem: false } file && page == 0)
        {
            // All of it goes to disk; then the pages that begin in memory come back.
            file.WriteBack();
            Reclaim.DropCaches(stage.Machine);
        }
        bool isMapped = run.State is PageState.Present or PageState.Swapped or PageState.Old or PageState.WriteProtected;
        if (region.File is not null && isMapped && Process.Read(address, new byte[1]) is { IsDone: false } failed)
            return failed;
        return run.State switch
        {
            PageState.Cached => region.File!.Read(offset, new byte[1]),
            PageState.Dirty => region.File!.Write(offset, PagePattern.Of(region.Number, page, version: 0)),
            PageState.Swapped => Swap(address),
            PageState.LazyFree => Process.Madvise(address, Page, Advice.Free),
            PageState.Old => Process.Madvise(address, Page, Advice.Cold),
            PageState.GuardMarker => Process.Madvise(address, Page, Advice.GuardInstall),
            PageState.PoisonMarker => InstallMarker(address),
            _ => ActionResult.Done,
        };
    }

    /// <summary>A marker of poison needs a registration for missing pages, and stays when that ends.</summary>
    private ActionResult InstallMarker(ulong address)
    {
        Userfaultfd userfaultfd = Process.OpenUserfaultfd();
        SystemCallResult result = userfaultfd.Register(address, Page, UserfaultfdModes.Missing);
        if (result.IsDone)
            result = userfaultfd.Poison(address, Page);
        userfaultfd.Close();
        return result;
    }

    private ActionResult Swap(ulong address)
    {
        SystemCallResult result = Process.Madvise(address, Page, Advice.PageOut);
        return result.IsDone && Process.EntryAt(address).IsPresent ? AccessResult.OutOfMemory : result;
    }

    /// <summary>Gives a region its advice, protection and registration, now that its pages are there.</summary>
    private void Settle(StagedRegion region)
    {
        RegionSetup setup = region.Setup;
        foreach (AddressSpace process in stage.Processes)
        {
            if (setup.Advice != Advice.Normal)
                Require(ScenarioStage.Advise(process, region.Address, region.Length, setup.Advice));
            if (setup.Protection != Protection.ReadWrite)
                Require(process.Mprotect(region.Address, region.Length, setup.Protection));
        }
        if (setup.Userfaultfd != default)
        {
            UserfaultfdFeatures features =
                stage.Machine.Behavior.ProtectsAbsentPages ? UserfaultfdFeatures.WriteProtectUnpopulated : UserfaultfdFeatures.None;
            Userfaultfd userfaultfd = Process.OpenUserfaultfd(features);
            Require(userfaultfd.Register(region.Address, region.Length, setup.Userfaultfd));
            foreach ((int page, PageRun run) in setup.RunOfEachPage().Index())
            {
                if (run.State == PageState.WriteProtected)
                    Require(userfaultfd.WriteProtect(region.AddressOf(page), Page));
            }
        }
        if (region.File is not null)
            region.File.IsOpenForWrite = setup.OpenForWrite;

        void Require(SystemCallResult result)
        {
            if (!result.IsDone)
                throw new ScenarioFault($"$.regions[{region.Number}]", $"the region cannot be set up: {result}.");
        }
    }

    private ActionResult Poison(StagedRegion region, int page, PageRun run)
    {
        if (run.Poison is not { } kind)
            return ActionResult.Done;
        if (region.FrameOf(Process, page) is not { } frame)
            return ActionResult.NoPage;
        stage.Poison(frame, run.Line ?? 0, kind);
        return run.Handled ? stage.Machine.MemoryFailure.Handle(frame) : ActionResult.Done;
    }

    private ActionResult Hold(StagedRegion region, int page, PageRun run)
    {
        if (run.FileSystemData)
            region.File!.AttachPrivate(region.FilePageOf(page));
        ActionResult pinned = run.Pinned ? Process.TryPin(region.AddressOf(page), out _) : ActionResult.Done;
        if (run.Locked && !(region.FrameOf(Process, page) is { } frame && stage.Machine.TryLockPage(frame)))
            return ActionResult.Waiting;
        return pinned;
    }
}
