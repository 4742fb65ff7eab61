namespace CopyMc.Collapse;

/// <summary>One event of a <see cref="CollapseTrace"/>.</summary>
/// <param name="Name">The tracepoint's name.</param>
/// <param name="Fields">Its fields, numbers and strings, in the tracepoint's order.</param>
public sealed record CollapseTraceEvent(string Name, IReadOnlyList<(string Name, object Value)> Fields);
