using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>Settings of a collapse.</summary>
public sealed class CollapseOptions
{
    /// <summary>
    /// The limits of khugepaged, which also requires referenced pages; <see langword="null"/>: neither, as in <c>MADV_COLLAPSE</c>.
    /// </summary>
    public CollapseLimits? Limits { get; init; }

    /// <summary>
    /// Whether the collapse stops between pages too, not only between steps. If it does not, consecutive frames are copied at once, which is
    /// faster.
    /// </summary>
    public bool StopBetweenPages { get; init; }

    /// <summary>Receives the events; <see langword="null"/>: they are not recorded.</summary>
    public CollapseTrace? Trace { get; init; }

    /// <summary>
    /// Called by <see cref="CollapseOperation.Run"/> before each step, to simulate concurrent actions. An exception ends the collapse, which
    /// is then undone or, after the commit, completed.
    /// </summary>
    public Action<CollapseOperation>? BeforeStep { get; init; }

    /// <summary>The mapping through which a file's range was found. It is traced, and its process is charged for the huge page.</summary>
    internal (AddressSpace Space, ulong Address)? FoundIn { get; init; }

    /// <summary>Changes the order of undo steps, so that tests can break it.</summary>
    internal Func<IReadOnlyList<UndoStep>, IReadOnlyList<UndoStep>>? UndoOrder { get; init; }

    internal bool IsKhugepaged => Limits is not null;
}
