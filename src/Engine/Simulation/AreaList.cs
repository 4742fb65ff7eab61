namespace CopyMc.Simulation;

/// <summary>The areas of an address space, by address. Finds, splits and merges them (<c>mm/vma.c</c>).</summary>
internal sealed class AreaList(AddressSpace space)
{
    private readonly List<Vma> _areas = [];

    internal IReadOnlyList<Vma> All => _areas;

    /// <summary>The area that holds an address; null if none does.</summary>
    internal Vma? Find(ulong address)
    {
        int index = IndexEndingAfter(address);
        return index < _areas.Count && _areas[index].Start <= address ? _areas[index] : null;
    }

    /// <summary>The first area above an address that lies in none, and the last below it; null if there is none.</summary>
    internal Vma? Above(ulong address, out Vma? below)
    {
        int index = IndexEndingAfter(address);
        below = index > 0 ? _areas[index - 1] : null;
        return index < _areas.Count ? _areas[index] : null;
    }

    /// <summary>Whether anything is mapped in a range.</summary>
    internal bool IsAnyIn(ulong start, ulong end) => IndexEndingAfter(start) is int index && index < _areas.Count && _areas[index].Start < end;

    /// <summary>
    /// The areas that reach into a range. Each is looked up when the visit of the one before is over (<c>for_each_vma_range</c>), which may have merged it
    /// with what follows: the area that it became is visited then.
    /// </summary>
    internal IEnumerable<Vma> In(ulong start, ulong end)
    {
        for (int i = IndexEndingAfter(start); i < _areas.Count && _areas[i].Start < end; i = IndexEndingAfter(start))
        {
            start = _areas[i].End;
            yield return _areas[i];
        }
    }

    /// <summary>Whether areas cover a range without a gap.</summary>
    internal bool Covers(ulong start, ulong end)
    {
        for (int i = IndexEndingAfter(start); i < _areas.Count && _areas[i].Start <= start; i++)
        {
            start = _areas[i].End;
            if (start >= end)
                return true;
        }
        return false;
    }

    internal void Add(Vma area)
    {
        _areas.Insert(IndexEndingAfter(area.Start), area);
        area.File?.Areas.Add(area);
    }

    internal void Remove(Vma area)
    {
        _areas.Remove(area);
        area.Detach();
    }

    internal void Clear() => _areas.Clear();

    /// <summary>
    /// Merges a new range with one or both neighbours (<c>vma_merge_new_range</c>); nothing may be mapped in it.
    /// </summary>
    /// <param name="added">The new area, in no list yet.</param>
    /// <param name="copiedFrom">The area that <c>mremap(2)</c> moves; null if there is none.</param>
    /// <returns>The area that contains the range; null if it merges with none.</returns>
    internal Vma? MergeNew(Vma added, Vma? copiedFrom = null) => Announced(MergeNewRange(added, copiedFrom));

    private Vma? MergeNewRange(Vma added, Vma? copiedFrom)
    {
        if ((added.Flags & VmaFlags.Special) != 0)
            return null;
        int index = IndexEndingAfter(added.Start);
        Vma? before = index > 0 ? _areas[index - 1] : null, after = index < _areas.Count ? _areas[index] : null;
        AnonVma? own = copiedFrom?.AnonVma;
        bool joinsBefore = before is not null && before.End == added.Start && IsSame(before, added) && IsContinued(before, added)
            && MayShare(before, own, copiedFrom);
        bool joinsAfter = after is not null && added.End == after.Start && IsSame(after, added) && IsContinued(added, after)
            && MayShare(after, own, copiedFrom)
            && (!joinsBefore || before!.AnonVma is null || after.AnonVma is null || before.AnonVma == after.AnonVma);
        if (joinsBefore && joinsAfter)
        {
            TakeAnonVma(before!, after!, copiedFrom);
            before!.End = after!.End;
            Remove(after);
            return before;
        }
        if (joinsBefore)
        {
            TakeAnonVma(before!, copiedFrom, null);
            before!.End = added.End;
            return before;
        }
        if (!joinsAfter)
            return null;
        TakeAnonVma(after!, copiedFrom, null);
        (after!.Start, after.FilePage) = (added.Start, added.FilePage);
        return after;
    }

    /// <summary>
    /// Changes the flags of a part of an area: the part is merged with its neighbours if possible, or becomes a new area (<c>vma_modify</c>).
    /// </summary>
    /// <returns>The area that contains the part.</returns>
    internal Vma Modify(Vma area, ulong start, ulong end, VmaFlags flags, Userfaultfd? userfaultfd)
    {
        if (area.Flags == flags && area.Userfaultfd == userfaultfd)
            return area;
        Vma? merged = Announced(MergeModified(area, start, end, flags, userfaultfd));
        if (merged is not null)
            return merged;
        Vma changed = Isolate(area, start, end);
        (changed.Flags, changed.Userfaultfd) = (flags, userfaultfd);
        return changed;
    }

    /// <summary>An area that has merged may have become long enough for khugepaged.</summary>
    private Vma? Announced(Vma? merged)
    {
        if (merged is not null)
            space.Machine.EnterKhugepaged(merged);
        return merged;
    }

    /// <summary>Splits an area so that a part of it becomes a separate area.</summary>
    internal Vma Isolate(Vma area, ulong start, ulong end)
    {
        if (area.Start < start)
            area = Split(area, start);
        if (end < area.End)
            Split(area, end);
        return area;
    }

    /// <summary>Splits an area (<c>__split_vma</c>). Returns the upper part.</summary>
    private Vma Split(Vma area, ulong boundary)
    {
        // A huge page across the boundary would belong to two areas (vma_adjust_trans_huge).
        space.SplitHugeAcross(boundary);
        var upper = new Vma(space, boundary, area.End, area.Flags, area.File, area.PageIndex(boundary))
        {
            Userfaultfd = area.Userfaultfd,
            MayHaveGuards = area.MayHaveGuards,
        };
        upper.CloneAnonVma(area, isSameProcess: true);
        area.End = boundary;
        Add(upper);
        return upper;
    }

    /// <summary><c>vma_merge_existing_range</c>.</summary>
    private Vma? MergeModified(Vma area, ulong start, ulong end, VmaFlags flags, Userfaultfd? userfaultfd)
    {
        if ((flags & VmaFlags.Special) != 0)
            return null;
        int index = IndexEndingAfter(area.Start);
        Vma? before = start == area.Start && index > 0 ? _areas[index - 1] : null;
        Vma? after = end == area.End && index + 1 < _areas.Count ? _areas[index + 1] : null;
        var part = new Vma(space, start, end, flags, area.File, area.PageIndex(start)) { Userfaultfd = userfaultfd };
        bool joinsBefore = before is not null && before.End == start && IsSame(before, part) && IsContinued(before, part)
            && MayShare(before, area.AnonVma, area);
        bool joinsAfter = after is not null && after.Start == end && IsSame(after, part) && IsContinued(part, after)
            && MayShare(after, area.AnonVma, area)
            && (!joinsBefore || before!.AnonVma is null || after.AnonVma is null || before.AnonVma == after.AnonVma);
        if (joinsBefore)
        {
            if (end < area.End)
                space.SplitHugeAcross(end);
            TakeAnonVma(before!, area, joinsAfter ? after : null);
            before!.End = joinsAfter ? after!.End : end;
            if (joinsAfter)
                Remove(after!);
            if (end == area.End)
                Remove(area);
            else
                (area.Start, area.FilePage) = (end, area.PageIndex(end));
            return before;
        }
        if (!joinsAfter)
            return null;
        if (start > area.Start)
            space.SplitHugeAcross(start);
        TakeAnonVma(after!, area, null);
        (after!.Start, after.FilePage) = (start, part.FilePage);
        if (start == area.Start)
            Remove(area);
        else
            area.End = start;
        return after;
    }

    /// <summary>The anon_vma of a neighbour that an area without one can share (<c>find_mergeable_anon_vma</c>); null if there is none.</summary>
    internal AnonVma? FindShareable(Vma area)
    {
        int index = IndexEndingAfter(area.Start);
        Vma? after = index + 1 < _areas.Count ? _areas[index + 1] : null, before = index > 0 ? _areas[index - 1] : null;
        if (after is { AnonVma: not null, HasParents: false } && IsCompatible(area, after))
            return after.AnonVma;
        return before is { AnonVma: not null, HasParents: false } && IsCompatible(before, area) ? before.AnonVma : null;
    }

    /// <summary>Whether two neighbours differ only in their allowed accesses (<c>anon_vma_compatible</c>).</summary>
    private static bool IsCompatible(Vma lower, Vma upper) =>
        lower.End == upper.Start && lower.File == upper.File && ((lower.Flags ^ upper.Flags) & ~VmaFlagSets.Access) == 0 && IsContinued(lower, upper);

    /// <summary><c>is_mergeable_vma</c>.</summary>
    private static bool IsSame(Vma area, Vma other) =>
        area.Flags == other.Flags && area.File == other.File && area.Userfaultfd == other.Userfaultfd && (area.Flags & VmaFlags.Special) == 0;

    private static bool IsContinued(Vma lower, Vma upper) => lower.FilePage + (uint)((lower.End - lower.Start) >> 12) == upper.FilePage;

    /// <summary>
    /// Whether a range may be merged with an area, by their anon_vmas (<c>is_mergeable_anon_vma</c>): these must be the same or one must be missing,
    /// and an area that a fork copied keeps its own.
    /// </summary>
    private static bool MayShare(Vma area, AnonVma? own, Vma? source) =>
        area.AnonVma == own
        || (area.AnonVma is null ? source is null || !source.HasParents : own is null && !area.HasParents);

    private static void TakeAnonVma(Vma area, Vma? first, Vma? second)
    {
        foreach (Vma? source in (ReadOnlySpan<Vma?>)[first, second])
        {
            area.MayHaveGuards |= source?.MayHaveGuards ?? false;
            if (area.AnonVma is null && source?.AnonVma is not null)
                area.CloneAnonVma(source, isSameProcess: true);
        }
    }

    /// <summary>The index of the first area that ends after an address.</summary>
    private int IndexEndingAfter(ulong address)
    {
        int low = 0, high = _areas.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_areas[middle].End > address)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
