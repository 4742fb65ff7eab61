using CopyMc.Collapse;

namespace CopyMc.Simulation;

// madvise(2): mm/madvise.c.
public sealed partial class AddressSpace
{
    /// <summary>Gives advice for a range (<c>madvise(2)</c>).</summary>
    /// <param name="address">The first byte; a multiple of 4096.</param>
    /// <param name="length">Bytes; rounded up to pages.</param>
    /// <param name="advice">The advice.</param>
    /// <returns>
    /// <see cref="Errno.ENOMEM"/> if a part of the range is not mapped; the advice still applies to the others. An area that refuses ends the call.
    /// </returns>
    public SystemCallResult Madvise(ulong address, ulong length, Advice advice)
    {
        if (!Enum.IsDefined(advice) || (IsAboutGuards(advice) && !_machine.Behavior.HasGuards) || (address & PageMask) != 0)
            return Errno.EINVAL;
        ulong end = unchecked(address + ((length + PageMask) & ~PageMask));
        if (length > ulong.MaxValue - PageMask || end < address)
            return Errno.EINVAL;
        if (end == address)
            return Errno.None;
        if (advice == Advice.Collapse)
            return MadviseCollapse.Run(this, address, length).Error;
        if (!(ChangesAreas(advice) ? _lock.CanWrite : _lock.CanRead))
            return SystemCallResult.Waits(WaitReason.MmapLock);
        if (advice is Advice.PopulateRead or Advice.PopulateWrite)
            return Populate(address, end, advice == Advice.PopulateWrite);

        ulong reached = address;
        bool gap = false;
        foreach (Vma area in _areas.In(address, end))
        {
            gap |= area.Start > reached;
            (ulong from, ulong to) = (ulong.Max(area.Start, address), ulong.Min(area.End, end));
            SystemCallResult result = Advise(area, from, to, advice);
            if (!result.IsDone)
                return result;
            reached = to;
        }
        return gap || reached < end ? Errno.ENOMEM : Errno.None;
    }

    private static bool IsAboutGuards(Advice advice) => advice is Advice.GuardInstall or Advice.GuardRemove;

    /// <summary>Whether the process or a child of it may lose what is in the pages (<c>is_discard</c>).</summary>
    private static bool LosesContent(Advice advice) => advice is Advice.Free or Advice.DontNeed or Advice.DontNeedLocked or Advice.Remove or Advice.DontFork
        or Advice.WipeOnFork or Advice.GuardInstall;

    private static bool ChangesAreas(Advice advice) => advice is Advice.Normal or Advice.Random or Advice.Sequential or Advice.DontFork or Advice.DoFork
        or Advice.HugePage or Advice.NoHugePage or Advice.WipeOnFork or Advice.KeepOnFork;

    private SystemCallResult Advise(Vma area, ulong start, ulong end, Advice advice)
    {
        VmaFlags flags = area.Flags;
        bool isPlain = (flags & (VmaFlags.Locked | VmaFlags.Special)) == 0;
        if (LosesContent(advice) && IsSealedAgainstDropping(area))
            return Errno.EPERM;
        switch (advice)
        {
            case Advice.Normal:
                return SetAdvice(area, start, end, flags & ~(VmaFlags.RandomRead | VmaFlags.SequentialRead));
            case Advice.Random:
                return SetAdvice(area, start, end, (flags & ~VmaFlags.SequentialRead) | VmaFlags.RandomRead);
            case Advice.Sequential:
                return SetAdvice(area, start, end, (flags & ~VmaFlags.RandomRead) | VmaFlags.SequentialRead);
            case Advice.DontFork:
                return SetAdvice(area, start, end, flags | VmaFlags.DontFork);
            case Advice.DoFork:
                return (flags & VmaFlags.Special) != 0 ? Errno.EINVAL : SetAdvice(area, start, end, flags & ~VmaFlags.DontFork);
            case Advice.WipeOnFork:
                return area.File is not null || area.IsShared ? Errno.EINVAL : SetAdvice(area, start, end, flags | VmaFlags.WipeOnFork);
            case Advice.KeepOnFork:
                return (flags & VmaFlags.Droppable) != 0 ? Errno.EINVAL : SetAdvice(area, start, end, flags & ~VmaFlags.WipeOnFork);
            case Advice.HugePage:
                return SetAdvice(area, start, end, (flags & ~VmaFlags.NoHugePage) | VmaFlags.HugePage);
            case Advice.NoHugePage:
                return SetAdvice(area, start, end, (flags & ~VmaFlags.HugePage) | VmaFlags.NoHugePage);
            case Advice.WillNeed:
                // The kernel reads ahead into the swap cache, which the machine does not have, so the entries do not change.
                return Errno.None;
            case Advice.DontNeed or Advice.DontNeedLocked:
                if ((flags & VmaFlags.Special) != 0 || (advice == Advice.DontNeed && !isPlain))
                    return Errno.EINVAL;
                Zap(area, start, end, ZapKind.DontNeed);
                return Errno.None;
            case Advice.Free:
                if (!isPlain || !area.IsAnonymous)
                    return Errno.EINVAL;
                FreeLazily(start, end);
                return Errno.None;
            case Advice.Remove:
                if (!isPlain || area.File is not { } file)
                    return Errno.EINVAL;
                return area.IsShared && (flags & VmaFlags.MayWrite) != 0
                    ? file.PunchHole(area.PageIndex(start), (uint)((end - start) >> 12))
                    : Errno.EACCES;
            case Advice.Cold:
                if (!isPlain)
                    return Errno.EINVAL;
                MakeOld(start, end);
                return Errno.None;
            case Advice.PageOut:
                if (!isPlain)
                    return Errno.EINVAL;
                PageOut(start, end);
                return Errno.None;
            case Advice.GuardInstall:
                if (!isPlain || !MayHoldGuards(area))
                    return Errno.EINVAL;
                InstallGuards(area, start, end);
                return Errno.None;
            case Advice.GuardRemove:
                if ((flags & VmaFlags.Special) != 0 || !MayHoldGuards(area))
                    return Errno.EINVAL;
                RemoveGuards(start, end);
                return Errno.None;
            default:
                return Errno.EINVAL;
        }
    }

    private SystemCallResult SetAdvice(Vma area, ulong start, ulong end, VmaFlags flags)
    {
        // khugepaged looks at the area as it is before a part of it becomes one of its own (hugepage_madvise).
        if ((flags & VmaFlags.HugePage) != 0)
            _machine.EnterKhugepaged(area, flags);
        _areas.Modify(area, start, end, flags, area.Userfaultfd);
        return Errno.None;
    }

    /// <summary><c>is_valid_guard_vma</c>.</summary>
    private bool MayHoldGuards(Vma area) => area.IsAnonymous || _machine.Behavior.HasGuardsInFiles;

    /// <summary>Whether a seal forbids dropping pages, which it does for content that cannot be written (<c>can_modify_vma_madv</c>).</summary>
    private static bool IsSealedAgainstDropping(Vma area) =>
        (area.Flags & VmaFlags.Sealed) != 0 && area.IsAnonymous && (area.Flags & VmaFlags.Write) == 0;

    /// <summary><c>madvise_populate</c>.</summary>
    private SystemCallResult Populate(ulong start, ulong end, bool write)
    {
        while (start < end)
        {
            if (_areas.Find(start) is not { } area)
                return Errno.ENOMEM;
            if ((area.Flags & VmaFlags.Special) != 0 || (area.Flags & (write ? VmaFlags.Write : VmaFlags.Read)) == 0)
                return Errno.EINVAL;
            ulong to = ulong.Min(area.End, end);
            SystemCallResult result = FaultInRange(area, start, to, write);
            if (!result.IsDone)
                return result;
            start = to;
        }
        return Errno.None;
    }

    private static bool IsAnsweredByUser(WaitReason reason) =>
        reason is WaitReason.UserfaultfdMissing or WaitReason.UserfaultfdWriteProtect or WaitReason.UserfaultfdMinor;

    /// <summary>Faults the pages of a range in (<c>faultin_page_range</c>).</summary>
    private SystemCallResult FaultInRange(Vma area, ulong start, ulong end, bool write)
    {
        for (ulong at = start; at < end; at += NativeRegion.PageSize)
        {
            AccessResult result = FaultIn(at, write, out _);
            if (!result.IsDone)
            {
                return result.Outcome switch
                {
                    AccessOutcome.OutOfMemory => Errno.ENOMEM,
                    AccessOutcome.MemoryError => Errno.EHWPOISON,
                    // The access is the kernel's, which this userfaultfd does not report (UFFD_USER_MODE_ONLY).
                    AccessOutcome.Waits when area.Userfaultfd is { IsUserModeOnly: true } && IsAnsweredByUser(result.WaitsFor) => Errno.EFAULT,
                    AccessOutcome.Waits => SystemCallResult.Waits(result.WaitsFor),
                    _ => Errno.EFAULT,
                };
            }
            if (IsHuge(at))
                at = (at | HugeMask) + 1 - NativeRegion.PageSize;
        }
        return Errno.None;
    }
}
