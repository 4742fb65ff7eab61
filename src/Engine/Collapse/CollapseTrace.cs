using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// What collapses did, as events named like the tracepoints of the kernel's <c>huge_memory</c> group; the steps and undo steps between
/// them, and the end of each range, are ours (<c>step</c>, <c>undo</c>, <c>range</c>). Not thread-safe.
/// </summary>
public sealed class CollapseTrace
{
    private readonly List<CollapseTraceEvent> _events = [];

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<CollapseTraceEvent> Events => _events;

    /// <summary>The undo steps, in the order in which they ran.</summary>
    public IEnumerable<string> UndoSteps => _events.Where(e => e.Name == "undo").Select(e => (string)e.Fields[0].Value);

    /// <summary>Removes all events.</summary>
    public void Clear() => _events.Clear();

    /// <summary>How a range ended for whoever asked: after a file's collapse the page tables have their say too.</summary>
    internal void AddRange(AddressSpace space, ulong address, CollapseResult result) =>
        Add("range", ("mm", space.Number), ("addr", address), ("result", result.ToName()));

    internal void Add(string name, params (string Name, object Value)[] fields) => _events.Add(new CollapseTraceEvent(name, fields));
}
