namespace CopyMc.Collapse;

/// <summary>
/// What collapses did, as events named like the tracepoints of the kernel's <c>huge_memory</c> group; the steps and undo steps between
/// them are ours (<c>step</c>, <c>undo</c>). Not thread-safe.
/// </summary>
public sealed class CollapseTrace
{
    private readonly List<CollapseTraceEvent> _events = [];

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<CollapseTraceEvent> Events => _events;

    /// <summary>The undo steps, in the order in which they ran.</summary>
    public IEnumerable<string> UndoSteps => _events.Where(e => e.Name == "undo").Select(e => (string)e.Fields[0].Value);

    internal void Add(string name, params (string Name, object Value)[] fields) => _events.Add(new CollapseTraceEvent(name, fields));
}
