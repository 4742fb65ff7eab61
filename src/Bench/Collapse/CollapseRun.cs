using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Runs one collapse of a scenario with the actions between its steps, and compares the machine before and after.</summary>
internal sealed class CollapseRun
{
    private const int MostViolations = 10;
    private static readonly string s_succeeded = CollapseResult.Succeed.ToName();

    private readonly ScenarioStage _stage;
    private readonly ActionRun _runner;
    private readonly CollapseInvariants _invariants;
    private readonly ScenarioAction _action;
    private readonly AddressSpace _process;
    private readonly StagedRegion _region;
    private readonly PendingAction[] _pending;
    private readonly List<string> _violations = [];
    private readonly Dictionary<FailurePoint, int> _visits = [];
    private readonly ContentSnapshot _expected;

    private readonly CollapseTrace _trace;
    private int _eventsRead;
    private readonly List<CollapseStep> _steps = [];
    private readonly List<string> _undo = [];
    private readonly List<RangeReport> _ranges = [];
    private int _rangesEnded;

    private (CollapseOperation? Operation, CollapseStep Step) _last;
    private int _stops;

    internal CollapseRun(ScenarioStage stage, ActionRun runner, ScenarioAction action, string place, CollapseTrace trace)
    {
        (_stage, _runner, _action, _trace) = (stage, runner, action, trace);
        _invariants = new CollapseInvariants(stage.Machine);
        _process = runner.LivingProcessOf(action, place);
        _region = runner.RegionOf(action);
        _eventsRead = trace.Events.Count;
        _pending = [.. (action.Between ?? []).Select((interleaved, i) => new PendingAction(interleaved, $"{place}.between[{i}].action"))];
        _expected = new ContentSnapshot(stage);
    }

    internal CollapseActionReport Run()
    {
        SimulatedMachine machine = _stage.Machine;
        RegionState before = RegionState.Of(machine, _process, _region);
        RangeEntries[] entries = [.. _region.HugeRanges.Select(address => new RangeEntries(_process, address))];
        CheckInvariants("before");
        foreach (PendingAction pending in _pending)
            _runner.Remember(pending.Action);
        machine.FailureInjection = _action.Failures is null ? null : FailsNow;
        Errno? errno = null;
        string? failure;
        try
        {
            if (_action.By == CollapseMeans.Madvise)
                errno = Madvise(out failure);
            else
                failure = Khugepaged();
        }
        finally
        {
            machine.FailureInjection = null;
        }
        foreach (PendingAction pending in _pending.Where(pending => pending.IsWaiting))
            Happen(pending, null);
        CheckInvariants("after");

        ContentReport content = _expected.Compare(new ContentSnapshot(_stage));
        if (content.ChangedPages > 0)
            _violations.Add($"{content.ChangedPages} pages hold what nobody wrote");
        // Other actions may change entries.
        if (_pending.Length == 0)
            CheckUnwound(entries);
        return new CollapseActionReport(
            _action.By!.Value, _action.Process ?? 0, _region.Number, _ranges, failure ?? s_succeeded,
            errno is null ? null : ScenarioJson.NameOf(errno.Value), [.. _pending.Select(pending => pending.Report())],
            before, RegionState.Of(machine, _process, _region), content, [.. _violations.Take(MostViolations)]);
    }

    private Errno Madvise(out string? failure)
    {
        int first = _action.First ?? 0;
        int count = _action.Count ?? _region.Setup.LengthPages - first;
        MadviseCollapseResult result = MadviseCollapse.Run(
            _process, _region.AddressOf(first), (ulong)count * NativeRegion.PageSize, _trace, BeforeStep);
        ReadTrace();
        failure = result.LastFailure?.ToName();
        return result.Error;
    }

    /// <summary>One pass through all processes; the result is that of the region's ranges.</summary>
    private string? Khugepaged()
    {
        LimitsSetup limits = _action.Limits ?? new LimitsSetup();
        var agent = new Khugepaged(_stage.Machine, new KhugepagedOptions
        {
            Limits = new CollapseLimits(limits.MaxPtesNone, limits.MaxPtesSwap, limits.MaxPtesShared),
            Trace = _trace,
            BeforeStep = BeforeStep,
        });
        long passes = _stage.Machine.Counters.FullScans;
        while (_stage.Machine.Counters.FullScans == passes && agent.ScanBatch())
            continue;
        ReadTrace();
        return _ranges.Count == 0 ? CollapseResult.VmaCheck.ToName() : _ranges.LastOrDefault(range => !IsHuge(range))?.Result;
    }

    private void BeforeStep(CollapseOperation operation)
    {
        ReadTrace();
        // Between pages of one step nothing changes but by an action.
        bool isNewStep = _last != (operation, operation.NextStep);
        _stops = isNewStep ? 0 : _stops + 1;
        _last = (operation, operation.NextStep);
        PendingAction[] due = Array.FindAll(_pending, pending => pending.IsDue(operation.NextStep, _stops, _rangesEnded));
        foreach (PendingAction pending in due)
            Happen(pending, operation.NextStep);
        if (isNewStep || due.Length > 0)
            CheckInvariants($"before {operation.NextStep}", operation);
    }

    private void Happen(PendingAction pending, CollapseStep? at)
    {
        var before = new ContentSnapshot(_stage);
        pending.Tried(at, _runner.Do(pending.Action, pending.Place));
        _expected.Follow(before, new ContentSnapshot(_stage));
    }

    private bool FailsNow(FailurePoint point)
    {
        int visit = _visits[point] = _visits.GetValueOrDefault(point) + 1;
        return _action.Failures!.Any(failure => failure.Point == point && failure.Nth == visit);
    }

    private void CheckInvariants(string when, params CollapseOperation[] running) =>
        _violations.AddRange(_invariants.Violations(running).Select(violation => $"{when}: {violation}"));

    private void CheckUnwound(RangeEntries[] entries)
    {
        foreach (RangeEntries range in entries.Where(_ => _region.File is null))
        {
            RangeReport? ended = _ranges.LastOrDefault(report => report.Address == range.Name);
            if (ended is not null && !IsHuge(ended) && range.Difference(_process) is { } difference)
                _violations.Add($"after {ended.Result}: {difference}");
        }
    }

    /// <summary>Reports the ranges that have ended since the last call: the trace has an event at the end of each.</summary>
    private void ReadTrace()
    {
        for (; _eventsRead < _trace.Events.Count; _eventsRead++)
        {
            (string name, IReadOnlyList<(string Name, object Value)> fields) = _trace.Events[_eventsRead];
            if (name == "step")
                _steps.Add((CollapseStep)fields[0].Value);
            else if (name == "undo")
                _undo.Add((string)fields[0].Value);
            if (name != "range")
                continue;
            var address = (ulong)fields[1].Value;
            if ((int)fields[0].Value == _process.Number && address - _region.Address < _region.Length)
                _ranges.Add(new RangeReport(RangeEntries.NameOf(address), (string)fields[2].Value, [.. _steps], [.. _undo], CopiedPages()));
            _rangesEnded++;
            _steps.Clear();
            _undo.Clear();
        }
    }

    private static bool IsHuge(RangeReport range) => range.Result == s_succeeded || range.Result == CollapseResult.PmdMapped.ToName();

    private int CopiedPages() => _last.Operation switch
    {
        AnonymousCollapse anonymous => anonymous.CopiedPages,
        FileCollapse file => file.CopiedPages,
        _ => 0,
    };
}
