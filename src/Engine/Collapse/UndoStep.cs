namespace CopyMc.Collapse;

/// <summary>Undoes one step of a collapse.</summary>
/// <param name="Name">The name in the trace.</param>
/// <param name="Undo">The action.</param>
internal sealed record UndoStep(string Name, Action Undo);
