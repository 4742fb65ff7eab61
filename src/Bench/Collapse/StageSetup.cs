using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Brings the pages of the regions into the states that they begin in.</summary>
internal sealed class StageSetup(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;

    private AddressSpace Process => stage.Processes[0];

    /// <summary>Maps a region, with nothing in it.</summary>
    internal StagedRegion Map(RegionSetup setup, int number)
    {
        ulong length = (ulong)setup.LengthPages * Page;
        ulong? address = setup.Address is not null && ScenarioCheck.TryParseAddress(setup.Address, out ulong parsed) ? parsed : null;
        SimulatedFile? file = null;
        MapFlags flags = MapFlags.Private;
        if (setup.Memory != MemoryKind.Anonymous)
        {
            file = stage.Machine.NewFile((ulong)setup.FilePage * Page + length, setup.Memory == MemoryKind.Shmem);
            file.LimitPages = setup.LimitPages ?? long.MaxValue;
            flags = setup.Private ? MapFlags.Private : MapFlags.Shared;
        }
        SystemCallResult mapped = address is { } place
            ? Process.Mmap(place, length, Protection.ReadWrite, flags | MapFlags.FixedNoReplace, file, (ulong)setup.FilePage * Page)
            : Process.Mmap(length, Protection.ReadWrite, flags, file, (ulong)setup.FilePage * Page);
        if (!mapped.IsDone)
            throw new ScenarioFault($"$.regions[{number}].address", $"{length} bytes cannot be mapped{(address is { } wanted ? $" at 0x{wanted:x}" : "")}: {mapped}.");
        return new StagedRegion(number, setup, mapped.Value, file);
    }

    /// <summary>All regions at once: a fork shares what all of them have.</summary>
    internal void Fill()
    {
        var states = stage.Regions.ToDictionary(region => region, region => ScenarioCheck.StatesOf(region.Setup));
        ForEach(states, Write);
        if (states.Values.Any(pages => pages.Any(run => run is { Shared: true })))
        {
            stage.Fork(Process, "$.regions");
            ForEach(states, Unshare);
        }
        ForEach(states, Change);
        foreach (StagedRegion region in stage.Regions)
            Settle(region);
        ForEach(states, Poison);
        ForEach(states, Hold);
    }

    private static void ForEach(Dictionary<StagedRegion, PageRun?[]> states, Func<StagedRegion, int, PageRun, ActionResult> make)
    {
        foreach ((StagedRegion region, PageRun?[] pages) in states)
        {
            for (int page = 0; page < pages.Length; page++)
            {
                // What no run covers is absent.
                PageRun run = pages[page] ?? new PageRun { First = page, State = PageState.Absent };
                ActionResult result = make(region, page, run);
                if (result.IsDone)
                    continue;
                int place = region.Setup.Pages.ToList().IndexOf(run);
                throw new ScenarioFault(
                    place < 0 ? $"$.regions[{region.Number}]" : $"$.regions[{region.Number}].pages[{place}]",
                    $"page {page} cannot be brought into the state '{run.State}' here: {result}.");
            }
        }
    }

    private ActionResult Write(StagedRegion region, int page, PageRun run)
    {
        ulong address = region.AddressOf(page);
        byte[] content = PagePattern.Of(region.Number, page, version: 0);
        if (region.File is { } file)
            return run.State is PageState.Absent or PageState.PoisonMarker or PageState.GuardMarker && file.IsShmem
                ? ActionResult.Done
                : file.Write(region.FilePageOf(page) * Page, content);
        return run.State switch
        {
            PageState.Absent or PageState.PoisonMarker or PageState.GuardMarker => ActionResult.Done,
            PageState.Zero => Process.Read(address, new byte[1]),
            PageState.Compound => page == 0 && CompoundPages.Build(Process, region) is { IsDone: false } failed ? failed : Process.Write(address, content),
            _ => Process.Write(address, content),
        };
    }

    private ActionResult Unshare(StagedRegion region, int page, PageRun run) =>
        run.Shared || region.File is not null || region.FrameOf(Process, page) is null || run.State == PageState.Zero
            ? ActionResult.Done
            : Process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, version: 0));

    private ActionResult Change(StagedRegion region, int page, PageRun run)
    {
        ulong address = region.AddressOf(page);
        if (region.File is { IsShmem: false } file && page == 0)
        {
            // On disk, all of it; then what is to be in memory comes back.
            file.WriteBack();
            Reclaim.DropCaches(stage.Machine);
        }
        if (region.File is not null && run.State is PageState.Present or PageState.Swapped or PageState.Old or PageState.WriteProtected)
        {
            ActionResult mapped = Process.Read(address, new byte[1]);
            if (!mapped.IsDone)
                return mapped;
        }
        byte[] content = PagePattern.Of(region.Number, page, version: 0);
        return run.State switch
        {
            PageState.Cached => region.File!.Read(region.FilePageOf(page) * Page, new byte[1]),
            PageState.Dirty => region.File!.Write(region.FilePageOf(page) * Page, content),
            PageState.Swapped => Swap(address),
            PageState.LazyFree => Process.Madvise(address, Page, Advice.Free),
            PageState.Old => Process.Madvise(address, Page, Advice.Cold),
            PageState.PoisonMarker => InstallMarker(region, address),
            PageState.GuardMarker => Process.Madvise(address, Page, Advice.GuardInstall),
            PageState.WriteProtected => ActionResult.Done,
            _ => ActionResult.Done,
        };
    }

    /// <summary>Poison is planted under a registration for missing pages, and stays when that ends.</summary>
    private ActionResult InstallMarker(StagedRegion region, ulong address)
    {
        Userfaultfd watcher = Process.OpenUserfaultfd();
        ActionResult registered = watcher.Register(address, Page, UserfaultfdModes.Missing);
        if (!registered.IsDone)
            return registered;
        if (region.File is not null)
            Process.Madvise(address, Page, Advice.DontNeed);
        ActionResult result = watcher.Poison(address, Page);
        watcher.Close();
        return result;
    }

    private ActionResult Swap(ulong address)
    {
        SystemCallResult result = Process.Madvise(address, Page, Advice.PageOut);
        return result.IsDone && Process.EntryAt(address).IsPresent ? AccessResult.OutOfMemory : result;
    }

    /// <summary>What the region asks for and allows, now that its pages are there.</summary>
    private void Settle(StagedRegion region)
    {
        RegionSetup setup = region.Setup;
        bool isProtected = setup.Protection != RegionProtection.ReadWrite;
        foreach (AddressSpace process in stage.Processes)
        {
            // Twice: khugepaged learns of shmem only from an area that is advised already.
            for (int i = 0; i < 2 && setup.Advice != RegionAdvice.None; i++)
                Require(process.Madvise(region.Address, region.Length, setup.Advice == RegionAdvice.HugePage ? Advice.HugePage : Advice.NoHugePage));
            if (isProtected)
                Require(process.Mprotect(region.Address, region.Length, setup.Protection == RegionProtection.Read ? Protection.Read : Protection.None));
        }
        if (setup.Userfaultfd != UserfaultfdRegistration.None)
            Register(region);
        if (region.File is not null)
            region.File.IsOpenForWrite = setup.OpenForWrite;

        void Require(SystemCallResult result)
        {
            if (!result.IsDone)
                throw new ScenarioFault($"$.regions[{region.Number}]", $"the region cannot be set up: {result}.");
        }

        void Register(StagedRegion registered)
        {
            Userfaultfd watcher = Process.OpenUserfaultfd();
            UserfaultfdModes modes = setup.Userfaultfd == UserfaultfdRegistration.Missing ? UserfaultfdModes.Missing : UserfaultfdModes.WriteProtect;
            Require(watcher.Register(registered.Address, registered.Length, modes));
            PageRun?[] pages = ScenarioCheck.StatesOf(setup);
            for (int page = 0; page < pages.Length; page++)
            {
                if (pages[page] is { State: PageState.WriteProtected })
                    Require(watcher.WriteProtect(registered.AddressOf(page), Page));
            }
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
