using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>Runs one collapse of a scenario, with what happens between its steps, and compares what was with what is.</summary>
internal sealed class CollapseRun
{
    private const int MostViolations = 10;
    private static readonly string s_succeeded = CollapseResult.Succeed.ToName();

    private readonly ScenarioStage _stage;
    private readonly ActionRun _runner;
    private readonly CollapseInvariants _invariants;
    private readonly ScenarioAction _action;
    private readonly string _place;
    private readonly AddressSpace _process;
    private readonly StagedRegion _region;
    private readonly CollapseTrace _trace;
    private readonly int _traceStart;
    private readonly PendingActions _pending;
    private readonly List<string> _violations = [];
    private readonly List<CollapseOperation> _ranges = [];
    private readonly Dictionary<FailurePoint, int> _visits = [];
    private readonly ContentSnapshot _expected;
    private (CollapseOperation? Operation, CollapseStep Step) _last;
    private int _stops;

    internal CollapseRun(ScenarioStage stage, ActionRun runner, ScenarioAction action, string place, CollapseTrace trace)
    {
        (_stage, _runner, _action, _place, _trace) = (stage, runner, action, place, trace);
        _invariants = new CollapseInvariants(stage.Machine);
        _process = runner.LivingProcessOf(action, place);
        _region = runner.RegionOf(action);
        _traceStart = trace.Events.Count;
        _pending = new PendingActions(action.Between ?? []);
        _expected = new ContentSnapshot(stage);
    }

    internal CollapseActionReport Run()
    {
        SimulatedMachine machine = _stage.Machine;
        RegionState before = StateReader.Read(machine, _process, _region);
        RangeEntries[] entries = [.. _region.HugeRanges.Select(address => new RangeEntries(_process, address))];
        CheckInvariants("before");
        foreach (InterleavedAction action in _pending.All)
            _runner.Remember(action.Action);
        machine.FailureInjection = _action.Failures is null ? null : FailsNow;
        int? errno = null;
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
        foreach (InterleavedAction action in _pending.Waiting())
            Happen(action, null);
        CheckInvariants("after");

        IReadOnlyList<RangeReport> ranges = RangeReports();
        var now = new ContentSnapshot(_stage);
        ContentReport content = _expected.Compare(now);
        if (content.ChangedPages > 0)
            _violations.Add($"{content.ChangedPages} pages hold what nobody wrote");
        // What somebody else does meanwhile changes entries rightfully.
        if (_pending.All.Count == 0)
            CheckUnwound(entries, ranges);
        return new CollapseActionReport
        {
            By = _action.By!.Value,
            Process = _action.Process ?? 0,
            Region = _region.Number,
            Ranges = ranges,
            Result = failure ?? s_succeeded,
            Errno = errno is null ? null : ErrnoNames.Of(errno.Value),
            Between = _pending.Report(),
            Before = before,
            After = StateReader.Read(machine, _process, _region),
            Content = content,
            Violations = [.. _violations.Take(MostViolations)],
        };
    }

    private int Madvise(out string? failure)
    {
        int first = _action.First ?? 0;
        int count = _action.Count ?? _region.Setup.LengthPages - first;
        int errno = MadviseCollapse.Run(
            _process, _region.AddressOf(first), (ulong)count * NativeRegion.PageSize, out CollapseResult? last, _trace, BeforeStep);
        failure = last?.ToName();
        return errno;
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
        string[] results = [.. RangeReports().Select(range => range.Result)];
        if (results.Length == 0)
            return CollapseResult.VmaCheck.ToName();
        return results.LastOrDefault(result => !IsHuge(result));
    }

    private void BeforeStep(CollapseOperation operation)
    {
        if (_last.Operation != operation)
        {
            _ranges.Add(operation);
            _last = default;
        }
        // Between pages of one step nothing but what actions do can change.
        bool isNewStep = _last != (operation, operation.NextStep);
        _stops = isNewStep ? 0 : _stops + 1;
        _last = (operation, operation.NextStep);
        bool any = false;
        foreach (InterleavedAction action in _pending.Due(operation.NextStep, _stops, _ranges.Count - 1))
        {
            any = true;
            Happen(action, operation.NextStep);
        }
        if (isNewStep || any)
            CheckInvariants($"before {operation.NextStep}", operation);
    }

    private void Happen(InterleavedAction action, CollapseStep? at)
    {
        var before = new ContentSnapshot(_stage);
        AccessResult result = _runner.Do(action.Action, $"{_place}.between[{_pending.IndexOf(action)}].action");
        _pending.Tried(action, at, result);
        _expected.Follow(before, new ContentSnapshot(_stage));
    }

    private bool FailsNow(FailurePoint point)
    {
        int visit = _visits[point] = _visits.GetValueOrDefault(point) + 1;
        return _action.Failures!.Any(failure => failure.Point == point && failure.Nth == visit);
    }

    private void CheckInvariants(string when, params CollapseOperation[] running)
    {
        foreach (string violation in _invariants.Violations(running))
            _violations.Add($"{when}: {violation}");
    }

    private void CheckUnwound(RangeEntries[] entries, IReadOnlyList<RangeReport> ranges)
    {
        foreach (RangeEntries range in entries)
        {
            string? result = ranges.LastOrDefault(report => report.Address == range.Name)?.Result;
            if (result is null || IsHuge(result) || _region.File is not null)
                continue;
            if (range.Difference(_process) is { } difference)
                _violations.Add($"after {result}: {difference}");
        }
    }

    /// <summary>Out of the trace: each range ends with an event of its own.</summary>
    private List<RangeReport> RangeReports()
    {
        var reports = new List<RangeReport>();
        int ended = 0;
        var steps = new List<CollapseStep>();
        var undo = new List<string>();
        foreach (CollapseTraceEvent happened in _trace.Events.Skip(_traceStart))
        {
            if (happened.Name == "step")
                steps.Add((CollapseStep)happened.Fields[0].Value);
            else if (happened.Name == "undo")
                undo.Add((string)happened.Fields[0].Value);
            if (happened.Name != "range")
                continue;
            CollapseOperation operation = _ranges[ended++];
            ulong address = (ulong)happened.Fields[1].Value;
            if ((int)happened.Fields[0].Value == _process.Number && address >= _region.Address && address < _region.Address + _region.Length)
            {
                reports.Add(new RangeReport
                {
                    Address = RangeEntries.NameOf(address),
                    Result = (string)happened.Fields[2].Value,
                    Steps = [.. steps],
                    Undo = [.. undo],
                    CopiedPages = CopiedBy(operation),
                });
            }
            steps.Clear();
            undo.Clear();
        }
        return reports;
    }

    private static bool IsHuge(string result) => result == s_succeeded || result == CollapseResult.PmdMapped.ToName();

    private static int CopiedBy(CollapseOperation operation) => operation switch
    {
        AnonymousCollapse anonymous => anonymous.CopiedPages,
        FileCollapse file => file.CopiedPages,
        _ => 0,
    };
}
