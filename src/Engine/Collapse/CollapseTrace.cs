using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// The events of collapses, named as the tracepoints of the kernel's <c>huge_memory</c> group. The kernel has no events for steps, undo
/// steps and the end of a range: <c>step</c>, <c>undo</c> and <c>range</c>. Not thread-safe.
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

    /// <summary>Adds the result of a range for the caller. After a file was collapsed, it also depends on the page table.</summary>
    internal void AddRange(AddressSpace space, ulong address, CollapseResult result) =>
        Add("range", ("mm", space.Number), ("addr", address), ("result", result.ToName()));

    internal void Add(string name, params (string Name, object Value)[] fields) => _events.Add(new CollapseTraceEvent(name, fields));
}
