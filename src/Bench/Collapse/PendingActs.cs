using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>The acts that are to happen between the steps of a collapse: those to come, those that wait for a lock, and those done.</summary>
internal sealed class PendingActs(IReadOnlyList<InterleavedAct> acts)
{
    private readonly bool[] _begun = new bool[acts.Count];
    private readonly CollapseStep?[] _at = new CollapseStep?[acts.Count];
    private readonly ActionResult?[] _results = new ActionResult?[acts.Count];

    internal IReadOnlyList<InterleavedAct> All => acts;

    internal int IndexOf(InterleavedAct act) => Enumerable.Range(0, acts.Count).First(i => ReferenceEquals(acts[i], act));

    /// <summary>Those whose moment this is, and those that wait.</summary>
    internal List<InterleavedAct> Due(CollapseStep step, int page, int range) =>
        [.. acts.Where((act, i) => IsWaiting(i) || (!_begun[i] && act.At == step && act.Page == page && act.Range == range))];

    /// <summary>Those that wait to the end.</summary>
    internal List<InterleavedAct> Waiting() => [.. acts.Where((_, i) => IsWaiting(i))];

    internal void Tried(InterleavedAct act, CollapseStep? at, ActionResult result)
    {
        int index = IndexOf(act);
        _begun[index] = true;
        _at[index] = at;
        _results[index] = result;
    }

    internal IReadOnlyList<InterleavedReport> Report() =>
    [
        .. acts.Select((act, i) => new InterleavedReport
        {
            At = act.At, Page = act.Page, Do = act.Act.Do, HappenedAt = _begun[i] ? _at[i] : null, Result = _results[i]?.Text,
        }),
    ];

    private bool IsWaiting(int index) => _begun[index] && _results[index] is { IsWaiting: true };
}
