using CopyMc.Bench.Collapse.Scenarios;
using CopyMc.Collapse;

namespace CopyMc.Bench.Collapse;

/// <summary>An action that is to happen between the steps of a collapse: it is to come, waits for a lock, or is done.</summary>
/// <param name="interleaved">The action, and when.</param>
/// <param name="place">The action's place in the scenario.</param>
internal sealed class PendingAction(InterleavedAction interleaved, string place)
{
    private CollapseStep? _happenedAt;
    private ActionResult? _result;

    internal ScenarioAction Action => interleaved.Action;

    internal string Place => place;

    internal bool IsWaiting => _result is { IsWaiting: true };

    internal bool IsDue(CollapseStep step, int page, int range) =>
        IsWaiting || (_result is null && (interleaved.At, interleaved.Page, interleaved.Range) == (step, page, range));

    /// <param name="at">Before which step; null: after the collapse.</param>
    /// <param name="result">How it ended.</param>
    internal void Tried(CollapseStep? at, ActionResult result) => (_happenedAt, _result) = (at, result);

    internal InterleavedReport Report() => new(interleaved.At, interleaved.Page, Action.Do, _happenedAt, _result?.Text);
}
