namespace CopyMc.Collapse;

/// <summary>What takes one step of a collapse back.</summary>
/// <param name="Name">What it does, as it is traced.</param>
/// <param name="Undo">Does it.</param>
internal sealed record UndoStep(string Name, Action Undo);
