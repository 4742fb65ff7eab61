namespace CopyMc.Collapse;

/// <summary>
/// The undo steps of a collapse; the last one pushed runs first. A step that changes something pushes its undo; the commit removes all.
/// </summary>
internal sealed class UndoStack(CollapseOptions options)
{
    private readonly List<UndoStep> _steps = new(8);

    internal void Push(string name, Action undo) => _steps.Add(new UndoStep(name, undo));

    /// <summary>Removes an undo whose step has ended normally.</summary>
    internal void Remove(string name) => _steps.RemoveAt(IndexOf(name));

    /// <summary>Makes an undo the first to run.</summary>
    internal void MoveToTop(string name)
    {
        UndoStep step = _steps[IndexOf(name)];
        _steps.Remove(step);
        _steps.Add(step);
    }

    /// <summary>Whether the collapse is committed, so that nothing is undone.</summary>
    internal bool IsCommitted { get; private set; }

    internal void Commit()
    {
        _steps.Clear();
        IsCommitted = true;
    }

    internal void Unwind()
    {
        _steps.Reverse();
        foreach (UndoStep step in options.UndoOrder?.Invoke(_steps) ?? _steps)
        {
            options.Trace?.Add("undo", ("step", step.Name));
            step.Undo();
        }
        _steps.Clear();
    }

    private int IndexOf(string name) => _steps.FindIndex(step => step.Name == name);
}
