namespace CopyMc.Collapse;

/// <summary>One event of a <see cref="CollapseTrace"/>.</summary>
/// <param name="Name">The tracepoint's name.</param>
/// <param name="Fields">Its fields, in the tracepoint's order: numbers and texts.</param>
public sealed record CollapseTraceEvent(string Name, IReadOnlyList<(string Name, object Value)> Fields);
