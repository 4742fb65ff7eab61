namespace CopyMc.Simulation;

/// <summary>
/// The areas in which pages of anonymous memory may be mapped (<c>struct anon_vma</c>, <c>mm/rmap.c</c>): those that had it when their first page
/// was faulted in, and those that a fork copied from them. The area of a child has its parent's and its own, for the pages that it faults in
/// after the fork.
/// </summary>
internal sealed class AnonVma
{
    internal AnonVma(uint number, AnonVma? parent)
    {
        Number = number;
        Parent = parent;
        Root = parent?.Root ?? this;
        // A root counts itself, so that a grandchild never reuses it.
        Children = parent is null ? 1 : 0;
        if (parent is not null)
            parent.Children++;
    }

    internal uint Number { get; }

    /// <summary>The root of the family, which has the lock for all.</summary>
    internal AnonVma Root { get; }

    /// <summary>The areas that have it in their chain: pages that belong to it can be mapped there.</summary>
    internal List<Vma> Areas { get; } = [];

    /// <summary>The number of areas that fault pages in for it (<c>num_active_vmas</c>).</summary>
    internal int ActiveAreas { get; set; }

    /// <summary>The number of its direct children (<c>num_children</c>).</summary>
    internal int Children { get; private set; }

    /// <summary>Whether the lock is held, because a page table of the family is detached. Meanwhile rmap walks wait.</summary>
    internal bool IsLocked => Root._isLocked;

    private AnonVma? Parent { get; }

    private bool _isLocked;

    internal void Lock() => Root._isLocked = true;

    internal void Unlock() => Root._isLocked = false;

    /// <summary>Removes an area (<c>unlink_anon_vmas</c>).</summary>
    internal void Unlink(Vma area)
    {
        Areas.Remove(area);
        if (Areas.Count == 0 && Parent is not null)
            Parent.Children--;
    }
}
