using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>The actions that are to happen between the steps of a collapse: those to come, those that wait for a lock, and those done.</summary>
internal sealed class PendingActions(IReadOnlyList<InterleavedAction> actions)
{
    private readonly bool[] _begun = new bool[actions.Count];
    private readonly CollapseStep?[] _at = new CollapseStep?[actions.Count];
    private readonly ActionResult?[] _results = new ActionResult?[actions.Count];

    internal IReadOnlyList<InterleavedAction> All => actions;

    internal int IndexOf(InterleavedAction action) => Enumerable.Range(0, actions.Count).First(i => ReferenceEquals(actions[i], action));

    /// <summary>Those whose moment this is, and those that wait.</summary>
    internal List<InterleavedAction> Due(CollapseStep step, int page, int range) =>
        [.. actions.Where((action, i) => IsWaiting(i) || (!_begun[i] && action.At == step && action.Page == page && action.Range == range))];

    /// <summary>Those that wait to the end.</summary>
    internal List<InterleavedAction> Waiting() => [.. actions.Where((_, i) => IsWaiting(i))];

    internal void Tried(InterleavedAction action, CollapseStep? at, ActionResult result)
    {
        int index = IndexOf(action);
        _begun[index] = true;
        _at[index] = at;
        _results[index] = result;
    }

    internal IReadOnlyList<InterleavedReport> Report() =>
    [
        .. actions.Select((action, i) => new InterleavedReport
        {
            At = action.At, Page = action.Page, Do = action.Action.Do, HappenedAt = _begun[i] ? _at[i] : null, Result = _results[i]?.Text,
        }),
    ];

    private bool IsWaiting(int index) => _begun[index] && _results[index] is { IsWaiting: true };
}
