using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Does what actions say, on the machine. What is in the way of a lock changes nothing, and can be done again.</summary>
internal sealed class ActionRun(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;

    private readonly Dictionary<ScenarioAction, int> _versions = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<PinnedPage> _pins = new();
    private readonly Dictionary<ScenarioAction, uint?> _frames = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="ScenarioFault">There is no such process.</exception>
    internal AddressSpace ProcessOf(ScenarioAction action, string place)
    {
        int number = action.Process ?? 0;
        return number < stage.Processes.Count
            ? stage.Processes[number]
            : throw new ScenarioFault($"{place}.process", $"there is no process {number}: {stage.Processes.Count} were made until then, counted from 0.");
    }

    /// <exception cref="ScenarioFault">There is no such process, or none any more.</exception>
    internal AddressSpace LivingProcessOf(ScenarioAction action, string place)
    {
        AddressSpace process = ProcessOf(action, place);
        return process.HasExited
            ? throw new ScenarioFault(action.Process is null ? place : $"{place}.process", $"process {action.Process ?? 0} has ended before.")
            : process;
    }

    internal StagedRegion RegionOf(ScenarioAction action) =>
        stage.Regions.First(region => action.Region is null || region.Setup.Name == action.Region);

    /// <summary>Remembers which frame an action means, for when a collapse has taken out the page table that tells.</summary>
    internal void Remember(ScenarioAction action)
    {
        if (action.Page is { } page && (action.Process ?? 0) < stage.Processes.Count)
            _frames[action] = RegionOf(action).FrameOf(stage.Processes[action.Process ?? 0], page);
    }

    /// <exception cref="ScenarioFault">There is no such process, or none any more, or no room to count what is asked for.</exception>
    internal ActionResult Do(ScenarioAction action, string place)
    {
        AddressSpace process = ActionMembers.Allowed(action.Do).Contains("process") ? LivingProcessOf(action, place) : ProcessOf(action, place);
        try
        {
            return Do(action, process, place);
        }
        catch (InvalidOperationException error)
        {
            throw new ScenarioFault(place, error.Message);
        }
    }

    private ActionResult Do(ScenarioAction action, AddressSpace process, string place)
    {
        StagedRegion region = RegionOf(action);
        int first = action.First ?? 0;
        int count = action.Count ?? region.Setup.LengthPages - first;
        (ulong address, ulong length) = (region.AddressOf(first), (ulong)count * Page);
        switch (action.Do)
        {
            case ActionKind.Write:
                return ForEachPage(first, count, page => process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, VersionOf(action))));
            case ActionKind.Read:
                return ForEachPage(first, count, page => process.Read(region.AddressOf(page), new byte[NativeRegion.PageSize]));
            case ActionKind.DontNeed:
                return process.Madvise(address, length, Advice.DontNeed);
            case ActionKind.LazyFree:
                return process.Madvise(address, length, Advice.Free);
            case ActionKind.Cold:
                return process.Madvise(address, length, Advice.Cold);
            case ActionKind.PageOut:
                return process.Madvise(address, length, Advice.PageOut);
            case ActionKind.Advise:
                return process.Madvise(address, length, action.Advice switch
                {
                    RegionAdvice.HugePage => Advice.HugePage,
                    RegionAdvice.NoHugePage => Advice.NoHugePage,
                    _ => Advice.Normal,
                });
            case ActionKind.SplitMapping:
                return SplitMapping(process, region.Address);
            case ActionKind.Fork:
                return stage.Fork(process, place);
            case ActionKind.Exit:
                return process.Exit();
            case ActionKind.Truncate:
                return region.File!.Truncate((ulong)(action.LengthPages ?? 0) * Page);
            case ActionKind.PunchHole:
                return region.File!.PunchHole(region.FilePageOf(first), (uint)count);
            case ActionKind.WriteBack:
                region.File!.WriteBack();
                return ActionResult.Done;
            case ActionKind.DropCaches:
                Reclaim.DropCaches(stage.Machine);
                return ActionResult.Done;
            case ActionKind.Reclaim:
                bool any = Reclaim.TryReclaimOne(stage.Machine, anonymous: true) | Reclaim.TryReclaimOne(stage.Machine, anonymous: false);
                return any ? ActionResult.Done : ActionResult.Waiting;
            case ActionKind.Poison:
                return OnFrame(process, region, action, frame =>
                {
                    stage.Poison(frame, action.Line ?? 0, action.Kind ?? PoisonKind.Known);
                    return true;
                });
            case ActionKind.HandlePoison:
                stage.Machine.MemoryFailure.RunPending();
                return ActionResult.Done;
            case ActionKind.Pin:
                ActionResult held = process.TryPin(region.AddressOf(action.Page!.Value), out PinnedPage? pinned);
                if (pinned is not null)
                    _pins.Enqueue(pinned);
                return held;
            case ActionKind.Unpin:
                if (!_pins.TryDequeue(out PinnedPage? oldest))
                    return ActionResult.NoPage;
                oldest.Dispose();
                return ActionResult.Done;
            case ActionKind.Lock:
                return OnFrame(process, region, action, stage.Machine.TryLockPage);
            case ActionKind.Unlock:
                return OnFrame(process, region, action, frame =>
                {
                    stage.Machine.UnlockPage(frame);
                    return true;
                });
            default:
                throw new ArgumentOutOfRangeException(nameof(action));
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

    private ActionResult OnFrame(AddressSpace process, StagedRegion region, ScenarioAction action, Func<uint, bool> tryDo)
    {
        uint? frame = region.FrameOf(process, action.Page!.Value) ?? _frames.GetValueOrDefault(action);
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
    private int VersionOf(ScenarioAction action)
    {
        if (!_versions.TryGetValue(action, out int version))
            _versions.Add(action, version = _versions.Count + 1);
        return version;
    }
}
