using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Runs actions on the machine. An action that has to wait for a lock changes nothing, and can be tried again.</summary>
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
            : throw new ScenarioFault($"{place}.process", $"there is no process {number}; {stage.Processes.Count} were made before, counted from 0.");
    }

    /// <exception cref="ScenarioFault">There is no such process, or it has exited.</exception>
    internal AddressSpace LivingProcessOf(ScenarioAction action, string place)
    {
        AddressSpace process = ProcessOf(action, place);
        return process.HasExited
            ? throw new ScenarioFault(action.Process is null ? place : $"{place}.process", $"process {action.Process ?? 0} has exited.")
            : process;
    }

    internal StagedRegion RegionOf(ScenarioAction action) =>
        stage.Regions.First(region => action.Region is null || region.Setup.Name == action.Region);

    /// <summary>Remembers the frame of an action, because a collapse may detach the page table that tells it.</summary>
    internal void Remember(ScenarioAction action)
    {
        if (action.Page is { } page && (action.Process ?? 0) < stage.Processes.Count)
            _frames[action] = RegionOf(action).FrameOf(stage.Processes[action.Process ?? 0], page);
    }

    /// <exception cref="ScenarioFault">There is no such process, or it has exited, or a count would overflow.</exception>
    internal ActionResult Do(ScenarioAction action, string place)
    {
        try
        {
            return Do(action, RegionOf(action), place);
        }
        catch (InvalidOperationException error)
        {
            throw new ScenarioFault(place, error.Message);
        }
    }

    private ActionResult Do(ScenarioAction action, StagedRegion region, string place)
    {
        bool needsProcess = action.Do is not (ActionKind.Truncate or ActionKind.PunchHole or ActionKind.WriteBack
            or ActionKind.DropCaches or ActionKind.Reclaim or ActionKind.HandlePoison);
        AddressSpace process = needsProcess ? LivingProcessOf(action, place) : ProcessOf(action, place);
        int first = action.First ?? 0;
        int count = action.Count ?? region.Setup.LengthPages - first;
        return action.Do switch
        {
            ActionKind.Write => ForEachPage(page =>
                process.Write(region.AddressOf(page), PagePattern.Of(region.Number, page, VersionOf(action)))),
            ActionKind.Read => ForEachPage(page => process.Read(region.AddressOf(page), new byte[Page])),
            ActionKind.DontNeed => Madvise(Advice.DontNeed),
            ActionKind.LazyFree => Madvise(Advice.Free),
            ActionKind.Cold => Madvise(Advice.Cold),
            ActionKind.PageOut => Madvise(Advice.PageOut),
            ActionKind.Advise => ScenarioStage.Advise(process, region.AddressOf(first), (ulong)count * Page, action.Advice!.Value),
            ActionKind.SplitMapping => SplitMapping(process, region.Address),
            ActionKind.Fork => stage.Fork(process, place),
            ActionKind.Exit => process.Exit(),
            ActionKind.Truncate => region.File!.Truncate((ulong)action.LengthPages!.Value * Page),
            ActionKind.PunchHole => region.File!.PunchHole(region.FilePageOf(first), (uint)count),
            ActionKind.WriteBack => Done(region.File!.WriteBack),
            ActionKind.DropCaches => Done(() => Reclaim.DropCaches(stage.Machine)),
            ActionKind.Reclaim => TryReclaim(anonymous: true) | TryReclaim(anonymous: false) ? ActionResult.Done : ActionResult.Waiting,
            ActionKind.Poison => OnFrame(frame => Done(() => stage.Poison(frame, action.Line ?? 0, action.Kind ?? PoisonKind.Known))),
            ActionKind.HandlePoison => Done(stage.Machine.MemoryFailure.RunPending),
            ActionKind.Pin => Pin(process, region.AddressOf(action.Page!.Value)),
            ActionKind.Unpin => _pins.TryDequeue(out PinnedPage? oldest) ? Done(oldest.Dispose) : ActionResult.NoPage,
            ActionKind.Lock => OnFrame(frame => stage.Machine.TryLockPage(frame) ? ActionResult.Done : ActionResult.Waiting),
            ActionKind.Unlock => OnFrame(frame => Done(() => stage.Machine.UnlockPage(frame))),
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };

        bool TryReclaim(bool anonymous) => Reclaim.TryReclaimOne(stage.Machine, anonymous);

        ActionResult Madvise(Advice advice) => process.Madvise(region.AddressOf(first), (ulong)count * Page, advice);

        ActionResult ForEachPage(Func<int, ActionResult> access)
        {
            ActionResult result = ActionResult.Done;
            for (int page = first; page < first + count && result.IsDone; page++)
                result = access(page);
            return result;
        }

        ActionResult OnFrame(Func<uint, ActionResult> use) =>
            (region.FrameOf(process, action.Page!.Value) ?? _frames.GetValueOrDefault(action)) is { } frame ? use(frame) : ActionResult.NoPage;
    }

    private static ActionResult Done(Action act)
    {
        act();
        return ActionResult.Done;
    }

    /// <summary>Maps a huge page by page-table entries, by a short change of the protection of one page.</summary>
    private static ActionResult SplitMapping(AddressSpace process, ulong address)
    {
        if (process.Find(address) is not { } area || !process.IsHuge(address))
            return ActionResult.NoPage;
        Protection protection = (area.Flags & VmaFlags.Write) != 0 ? Protection.ReadWrite
            : (area.Flags & VmaFlags.Read) != 0 ? Protection.Read : Protection.None;
        SystemCallResult result = process.Mprotect(address, Page, protection ^ Protection.Read);
        return result.IsDone ? process.Mprotect(address, Page, protection) : result;
    }

    private ActionResult Pin(AddressSpace process, ulong address)
    {
        ActionResult result = process.TryPin(address, out PinnedPage? pinned);
        if (pinned is not null)
            _pins.Enqueue(pinned);
        return result;
    }

    /// <summary>Each write has content of its own, and the same when it is tried again.</summary>
    private int VersionOf(ScenarioAction action)
    {
        if (!_versions.TryGetValue(action, out int version))
            _versions.Add(action, version = _versions.Count + 1);
        return version;
    }
}
