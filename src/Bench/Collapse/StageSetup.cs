using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Bench.Terminal;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Brings the pages of the regions into the states that they begin in.</summary>
internal sealed class StageSetup(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;
    private const VmaFlags Plain = VmaFlags.Read | VmaFlags.Write | VmaFlags.NoHugePage;

    private AddressSpace Process => stage.Processes[0];

    /// <summary>Maps a region, with nothing in it, so that nothing becomes a huge page by itself.</summary>
    internal StagedRegion Map(RegionSetup setup, int number)
    {
        string place = $"$.regions[{number}]";
        ulong length = (ulong)setup.LengthPages * Page;
        ulong? address = setup.Address is null ? null : ScenarioCheck.TryParseAddress(setup.Address, out ulong wanted) ? wanted : null;
        try
        {
            if (setup.Memory == MemoryKind.Anonymous)
                return new StagedRegion(number, setup, Process.Map(length, Plain, address), File: null);
            SimulatedFile file = stage.Machine.NewFile((ulong)setup.FilePage * Page + length, setup.Memory == MemoryKind.Shmem);
            file.LimitPages = setup.LimitPages ?? long.MaxValue;
            VmaFlags flags = Plain | (setup.Private ? VmaFlags.None : VmaFlags.Shared);
            return new StagedRegion(number, setup, Process.MapFile(file, (uint)setup.FilePage, length, flags, address), file);
        }
        catch (ArgumentException error)
        {
            throw new ScenarioFault($"{place}.address", PlainText.Of(error));
        }
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

    private static void ForEach(Dictionary<StagedRegion, PageRun?[]> states, Func<StagedRegion, int, PageRun, AccessResult> make)
    {
        foreach ((StagedRegion region, PageRun?[] pages) in states)
        {
            for (int page = 0; page < pages.Length; page++)
            {
                // What no run covers is absent.
                PageRun run = pages[page] ?? new PageRun { First = page, State = PageState.Absent };
                AccessResult result = make(region, page, run);
                if (result == AccessResult.Done)
                    continue;
                int place = region.Setup.Pages.ToList().IndexOf(run);
                throw new ScenarioFault(
                    place < 0 ? $"$.regions[{region.Number}]" : $"$.regions[{region.Number}].pages[{place}]",
                    $"page {page} cannot be brought into the state '{run.State}' here: {result}.");
            }
        }
    }

    private AccessResult Write(StagedRegion region, int page, PageRun run)
    {
        ulong address = region.AddressOf(page);
        byte[] content = PagePattern.Of(region.Number, page, version: 0);
        if (region.File is { } file)
            return run.State is PageState.Absent or PageState.PoisonMarker or PageState.GuardMarker && file.IsShmem
                ? AccessResult.Done
                : file.Write(region.FilePageOf(page) * Page, content);
        return run.State switch
        {
            PageState.Absent or PageState.PoisonMarker or PageState.GuardMarker => AccessResult.Done,
            PageState.Zero => Process.Read(address, new byte[1]),
            PageState.Compound => page > 0 || BuildCompound(region) ? Process.Write(address, content) : AccessResult.OutOfMemory,
            _ => Process.Write(address, content),
        };
    }

    /// <exception cref="ScenarioFault">The addresses behind the region, where the huge pages are made, are past the end or taken.</exception>
    private bool BuildCompound(StagedRegion region)
    {
        try
        {
            return CompoundPages.TryBuild(Process, region);
        }
        catch (ArgumentException error)
        {
            throw new ScenarioFault($"$.regions[{region.Number}].address", $"compound pages need 6 MiB of free addresses behind the region: {PlainText.Of(error)}");
        }
    }

    private AccessResult Unshare(StagedRegion region, int page, PageRun run) =>
        run.Shared || region.File is not null || region.FrameOf(Process, page) is null || run.State == PageState.Zero
            ? AccessResult.Done
            : Process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, version: 0));

    private AccessResult Change(StagedRegion region, int page, PageRun run)
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
            AccessResult mapped = Process.Read(address, new byte[1]);
            if (mapped != AccessResult.Done)
                return mapped;
        }
        byte[] content = PagePattern.Of(region.Number, page, version: 0);
        return run.State switch
        {
            PageState.Cached => region.File!.Read(region.FilePageOf(page) * Page, new byte[1]),
            PageState.Dirty => region.File!.Write(region.FilePageOf(page) * Page, content),
            PageState.Swapped => Swap(address),
            PageState.LazyFree => Process.LazyFree(address, Page),
            PageState.Old => Process.MakeOld(address, Page),
            PageState.PoisonMarker => Process.InstallPoison(address, Page),
            PageState.GuardMarker => Process.InstallGuard(address, Page),
            PageState.WriteProtected => Process.UffdWriteProtect(address, Page),
            _ => AccessResult.Done,
        };
    }

    private AccessResult Swap(ulong address)
    {
        AccessResult result = Process.PageOut(address, Page);
        return result == AccessResult.Done && Process.EntryAt(address).IsPresent ? AccessResult.OutOfMemory : result;
    }

    /// <summary>What the region asks for and allows, now that its pages are there.</summary>
    private void Settle(StagedRegion region)
    {
        RegionSetup setup = region.Setup;
        VmaFlags set = setup.Advice switch
        {
            Advice.HugePage => VmaFlags.HugePage,
            Advice.NoHugePage => VmaFlags.NoHugePage,
            _ => VmaFlags.None,
        };
        set |= setup.Userfaultfd switch
        {
            Userfaultfd.Missing => VmaFlags.UffdMissing,
            Userfaultfd.WriteProtect => VmaFlags.UffdWriteProtect,
            _ => VmaFlags.None,
        };
        VmaFlags kept = setup.Protection switch
        {
            Protection.ReadWrite => VmaFlags.Read | VmaFlags.Write,
            Protection.Read => VmaFlags.Read,
            _ => VmaFlags.None,
        };
        foreach (AddressSpace process in stage.Processes)
            process.SetFlags(region.Address, region.Length, process == Process ? set : set & ~(VmaFlags.UffdMissing | VmaFlags.UffdWriteProtect), Plain & ~kept & ~set);
        if (region.File is not null)
            region.File.IsOpenForWrite = setup.OpenForWrite;
    }

    private AccessResult Poison(StagedRegion region, int page, PageRun run)
    {
        if (run.Poison is not { } kind)
            return AccessResult.Done;
        if (region.FrameOf(Process, page) is not { } frame)
            return AccessResult.SegmentationFault;
        stage.Poison(frame, run.Line ?? 0, kind);
        return run.Handled ? stage.Machine.MemoryFailure.Handle(frame) : AccessResult.Done;
    }

    private AccessResult Hold(StagedRegion region, int page, PageRun run)
    {
        if (run.FileSystemData)
            region.File!.AttachPrivate(region.FilePageOf(page));
        AccessResult pinned = run.Pinned ? Process.TryPin(region.AddressOf(page)) : AccessResult.Done;
        if (run.Locked && !(region.FrameOf(Process, page) is { } frame && stage.Machine.TryLockPage(frame)))
            return AccessResult.WouldBlock;
        return pinned;
    }
}
