using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>How a collapse is carried out.</summary>
public sealed class CollapseOptions
{
    /// <summary>
    /// The limits that khugepaged keeps, with its look at which pages are used; <see langword="null"/>: none, as <c>MADV_COLLAPSE</c>.
    /// </summary>
    public CollapseLimits? Limits { get; init; }

    /// <summary>
    /// Whether the collapse stops between pages too, not only between steps. Off, neighbouring frames are copied in one go, which is faster.
    /// </summary>
    public bool StopBetweenPages { get; init; }

    /// <summary>Where events are written; <see langword="null"/>: nowhere.</summary>
    public CollapseTrace? Trace { get; init; }

    /// <summary>
    /// Called by <see cref="CollapseOperation.Run"/> before each step: what anybody else does meanwhile, happens there. What it throws ends
    /// the collapse, which leaves nothing half done.
    /// </summary>
    public Action<CollapseOperation>? BeforeStep { get; init; }

    /// <summary>Through whose mapping a file's range was found: traced, and charged for the huge page.</summary>
    internal (AddressSpace Space, ulong Address)? FoundIn { get; init; }

    /// <summary>Changes the order of undo steps: how tests break it on purpose.</summary>
    internal Func<IReadOnlyList<UndoStep>, IReadOnlyList<UndoStep>>? UndoOrder { get; init; }

    internal bool IsKhugepaged => Limits is not null;
}
