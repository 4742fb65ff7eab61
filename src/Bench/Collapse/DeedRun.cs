using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Does what acts say, on the machine. What is in the way of a lock changes nothing, and can be done again.</summary>
internal sealed class DeedRun(ScenarioStage stage)
{
    private const ulong Page = NativeRegion.PageSize;

    private readonly Dictionary<ScenarioAct, int> _versions = new(ReferenceEqualityComparer.Instance);
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
    internal AccessResult Do(ScenarioAct act, string place)
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

    private AccessResult Do(ScenarioAct act, AddressSpace process, string place)
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
                return process.DontNeed(address, length);
            case Deed.LazyFree:
                return process.LazyFree(address, length);
            case Deed.Cold:
                return process.MakeOld(address, length);
            case Deed.PageOut:
                return process.PageOut(address, length);
            case Deed.Advise:
                VmaFlags advice = act.Advice switch
                {
                    Advice.HugePage => VmaFlags.HugePage,
                    Advice.NoHugePage => VmaFlags.NoHugePage,
                    _ => VmaFlags.None,
                };
                return process.SetFlags(address, length, advice, VmaFlags.HugePage | VmaFlags.NoHugePage);
            case Deed.SplitMapping:
                return process.SplitHugeMapping(region.Address);
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
                return AccessResult.Done;
            case Deed.DropCaches:
                Reclaim.DropCaches(stage.Machine);
                return AccessResult.Done;
            case Deed.Reclaim:
                bool any = Reclaim.TryReclaimOne(stage.Machine, anonymous: true) | Reclaim.TryReclaimOne(stage.Machine, anonymous: false);
                return any ? AccessResult.Done : AccessResult.WouldBlock;
            case Deed.Poison:
                return OnFrame(process, region, act, frame =>
                {
                    stage.Poison(frame, act.Line ?? 0, act.Kind ?? PoisonKind.Known);
                    return true;
                });
            case Deed.HandlePoison:
                stage.Machine.MemoryFailure.RunPending();
                return AccessResult.Done;
            case Deed.Pin:
                return process.TryPin(region.AddressOf(act.Page!.Value));
            case Deed.Unpin:
                return process.Unpin() ? AccessResult.Done : AccessResult.SegmentationFault;
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

    private AccessResult OnFrame(AddressSpace process, StagedRegion region, ScenarioAct act, Func<uint, bool> tryDo)
    {
        uint? frame = region.FrameOf(process, act.Page!.Value) ?? _frames.GetValueOrDefault(act);
        return frame is null ? AccessResult.SegmentationFault : tryDo(frame.Value) ? AccessResult.Done : AccessResult.WouldBlock;
    }

    private static AccessResult ForEachPage(int first, int count, Func<int, AccessResult> access)
    {
        for (int page = first; page < first + count; page++)
        {
            AccessResult result = access(page);
            if (result != AccessResult.Done)
                return result;
        }
        return AccessResult.Done;
    }

    /// <summary>Each write has content of its own, and the same when it is tried again.</summary>
    private int VersionOf(ScenarioAct act)
    {
        if (!_versions.TryGetValue(act, out int version))
            _versions.Add(act, version = _versions.Count + 1);
        return version;
    }
}
