using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Does what acts say, on the machine. What is in the way of a lock changes nothing, and can be done again.</summary>
internal sealed class DeedRun(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;

    private readonly Dictionary<ScenarioAct, int> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<PinnedPage> _pins = new();
    private readonly Dictionary<ScenarioAct, uint?> _frames = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="ScenarioFault">There is no such process.</exception>
    internal AddressSpace ProcessOf(ScenarioAct act, string place)
    {
        int number = act.Process ?? 0;
        return number < stage.Processes.Count
            ? stage.Processes[number]
            : throw new ScenarioFault($"{place}.process", $"there is no process {number}: {stage.Processes.Count} were made until then, counted from 0.");
    }

    /// <exception cref="ScenarioFault">There is no such process, or none any more.</exception>
    internal AddressSpace LivingProcessOf(ScenarioAct act, string place)
    {
        AddressSpace process = ProcessOf(act, place);
        return process.HasExited
            ? throw new ScenarioFault(act.Process is null ? place : $"{place}.process", $"process {act.Process ?? 0} has ended before.")
            : process;
    }

    internal StagedRegion RegionOf(ScenarioAct act) =>
        stage.Regions.First(region => act.Region is null || region.Setup.Name == act.Region);

    /// <summary>Remembers which frame an act means, for when a collapse has taken out the page table that tells.</summary>
    internal void Remember(ScenarioAct act)
    {
        if (act.Page is { } page && (act.Process ?? 0) < stage.Processes.Count)
            _frames[act] = RegionOf(act).FrameOf(stage.Processes[act.Process ?? 0], page);
    }

    /// <exception cref="ScenarioFault">There is no such process, or none any more, or no room to count what is asked for.</exception>
    internal ActionResult Do(ScenarioAct act, string place)
    {
        AddressSpace process = DeedMembers.Allowed(act.Do).Contains("process") ? LivingProcessOf(act, place) : ProcessOf(act, place);
        try
        {
            return Do(act, process, place);
        }
        catch (InvalidOperationException error)
        {
            throw new ScenarioFault(place, error.Message);
        }
    }

    private ActionResult Do(ScenarioAct act, AddressSpace process, string place)
    {
        StagedRegion region = RegionOf(act);
        int first = act.First ?? 0;
        int count = act.Count ?? region.Setup.LengthPages - first;
        (ulong address, ulong length) = (region.AddressOf(first), (ulong)count * Page);
        switch (act.Do)
        {
            case Deed.Write:
                return ForEachPage(first, count, page => process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, VersionOf(act))));
            case Deed.Read:
                return ForEachPage(first, count, page => process.Read(region.AddressOf(page), new byte[NativeRegion.PageSize]));
            case Deed.DontNeed:
                return process.Madvise(address, length, Advice.DontNeed);
            case Deed.LazyFree:
                return process.Madvise(address, length, Advice.Free);
            case Deed.Cold:
                return process.Madvise(address, length, Advice.Cold);
            case Deed.PageOut:
                return process.Madvise(address, length, Advice.PageOut);
            case Deed.Advise:
                return process.Madvise(address, length, act.Advice switch
                {
                    RegionAdvice.HugePage => Advice.HugePage,
                    RegionAdvice.NoHugePage => Advice.NoHugePage,
                    _ => Advice.Normal,
                });
            case Deed.SplitMapping:
                return SplitMapping(process, region.Address);
            case Deed.Fork:
                return stage.Fork(process, place);
            case Deed.Exit:
                return process.Exit();
            case Deed.Truncate:
                return region.File!.Truncate((ulong)(act.LengthPages ?? 0) * Page);
            case Deed.PunchHole:
                return region.File!.PunchHole(region.FilePageOf(first), (uint)count);
            case Deed.WriteBack:
                region.File!.WriteBack();
                return ActionResult.Done;
            case Deed.DropCaches:
                Reclaim.DropCaches(stage.Machine);
                return ActionResult.Done;
            case Deed.Reclaim:
                bool any = Reclaim.TryReclaimOne(stage.Machine, anonymous: true) | Reclaim.TryReclaimOne(stage.Machine, anonymous: false);
                return any ? ActionResult.Done : ActionResult.Waiting;
            case Deed.Poison:
                return OnFrame(process, region, act, frame =>
                {
                    stage.Poison(frame, act.Line ?? 0, act.Kind ?? PoisonKind.Known);
                    return true;
                });
            case Deed.HandlePoison:
                stage.Machine.MemoryFailure.RunPending();
                return ActionResult.Done;
            case Deed.Pin:
                ActionResult held = process.TryPin(region.AddressOf(act.Page!.Value), out PinnedPage? pinned);
                if (pinned is not null)
                    _pins.Enqueue(pinned);
                return held;
            case Deed.Unpin:
                if (!_pins.TryDequeue(out PinnedPage? oldest))
                    return ActionResult.NoPage;
                oldest.Dispose();
                return ActionResult.Done;
            case Deed.Lock:
                return OnFrame(process, region, act, stage.Machine.TryLockPage);
            case Deed.Unlock:
                return OnFrame(process, region, act, frame =>
                {
                    stage.Machine.UnlockPage(frame);
                    return true;
                });
            default:
                throw new ArgumentOutOfRangeException(nameof(act));
        }
    }

    /// <summary>Maps a huge page by page-table entries: a page of it is protected otherwise for a moment.</summary>
    private static ActionResult SplitMapping(AddressSpace process, ulong address)
    {
        if (process.Find(address) is not { } area || !process.IsHuge(address))
            return ActionResult.NoPage;
        Protection protection = (area.Flags & VmaFlags.Write) != 0 ? Protection.ReadWrite : (area.Flags & VmaFlags.Read) != 0 ? Protection.Read : Protection.None;
        SystemCallResult result = process.Mprotect(address, Page, protection ^ Protection.Read);
        return result.IsDone ? process.Mprotect(address, Page, protection) : result;
    }

    private ActionResult OnFrame(AddressSpace process, StagedRegion region, ScenarioAct act, Func<uint, bool> tryDo)
    {
        uint? frame = region.FrameOf(process, act.Page!.Value) ?? _frames.GetValueOrDefault(act);
        return frame is null ? ActionResult.NoPage : tryDo(frame.Value) ? ActionResult.Done : ActionResult.Waiting;
    }

    private static ActionResult ForEachPage(int first, int count, Func<int, ActionResult> access)
    {
        for (int page = first; page < first + count; page++)
        {
            ActionResult result = access(page);
            if (!result.IsDone)
                return result;
        }
        return ActionResult.Done;
    }

    /// <summary>Each write has content of its own, and the same when it is tried again.</summary>
    private int VersionOf(ScenarioAct act)
    {
        if (!_versions.TryGetValue(act, out int version))
            _versions.Add(act, version = _versions.Count + 1);
        return version;
    }
}
