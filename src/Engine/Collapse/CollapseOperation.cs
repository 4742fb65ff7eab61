using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// The collapse of one 2 MiB range, step by step. Between two steps the caller may change the machine. A step that would wait for a lock
/// in the kernel sets <see cref="IsBlocked"/> and is tried again.
/// </summary>
public abstract class CollapseOperation
{
    private IEnumerator<CollapseStep>? _steps;

    private protected CollapseOperation(SimulatedMachine machine, CollapseOptions options)
    {
        Machine = machine;
        Memory = machine.Memory;
        Options = options;
        Undo = new UndoStack(options);
    }

    /// <summary>The step that <see cref="MoveNext"/> runs next.</summary>
    public CollapseStep NextStep { get; private set; }

    /// <summary>The result; <see langword="null"/> until the collapse has ended.</summary>
    public CollapseResult? Result { get; private set; }

    /// <summary>Whether the last step could not run because another user holds a lock.</summary>
    public bool IsBlocked { get; private protected set; }

    /// <summary>Pages copied or cleared so far: 512 after a success.</summary>
    public int CopiedPages { get; private protected set; }

    /// <summary>The frame in which the copy met poison; <see langword="null"/> if it met none.</summary>
    public uint? PoisonedFrame { get; private set; }

    /// <summary>
    /// The mapping through which khugepaged or <c>MADV_COLLAPSE</c> found the range; <see langword="null"/> for a collapse that was started directly.
    /// </summary>
    public (AddressSpace Space, ulong Address)? FoundIn => Options.FoundIn;

    /// <summary>The huge page that is being filled; <see cref="Frame.Null"/> before it is allocated, and after it is mapped or freed.</summary>
    internal uint NewPage { get; private protected set; } = Frame.Null;

    private protected SimulatedMachine Machine { get; }

    private protected PhysicalMemory Memory { get; }

    private protected CollapseOptions Options { get; }

    private protected UndoStack Undo { get; }

    private protected KernelBehavior Behavior => Machine.Behavior;

    /// <summary>Runs one step. If it fails, undoes the earlier ones.</summary>
    /// <returns>False once there is a <see cref="Result"/>.</returns>
    public bool MoveNext()
    {
        if (Result is not null)
            return false;
        Machine.ThrowIfGone();
        _steps ??= Start();
        IsBlocked = false;
        if (_steps.MoveNext())
        {
            NextStep = _steps.Current;
            return true;
        }
        return false;
    }

    /// <summary>Runs all steps.</summary>
    /// <returns>How the collapse ended.</returns>
    /// <exception cref="InvalidOperationException">
    /// A collapse that was interrupted between its steps holds a lock. This collapse is undone and ends in
    /// <see cref="CollapseResult.Fail"/>. It ends in the same way when <see cref="CollapseOptions.BeforeStep"/> throws, unless it was
    /// committed: then it is completed.
    /// </exception>
    /// <exception cref="KernelPanicException">The copy read poison, and the modelled kernel does not recover: the machine has stopped, and there is no result.</exception>
    public CollapseResult Run() =>
        TryRun() ? Result!.Value : throw new InvalidOperationException($"The step {NextStep} waits for a lock of an interrupted collapse.");

    /// <summary>Runs all steps, or undoes those that ran.</summary>
    /// <returns>False if a step waits for a lock: nothing in this call can release it.</returns>
    internal bool TryRun()
    {
        try
        {
            while (MoveNext())
            {
                if (IsBlocked)
                    return false;
                Options.BeforeStep?.Invoke(this);
            }
            return true;
        }
        finally
        {
            if (Result is null && !Machine.IsGone)
                Abandon();
        }
    }

    /// <summary>Aborts the collapse, or completes it after the commit, which cannot be undone; the steps after it wait for no lock.</summary>
    private void Abandon()
    {
        while (Undo.IsCommitted && MoveNext())
            continue;
        if (Result is null)
            End(CollapseResult.Fail);
    }

    /// <summary>The page table that this collapse has unlinked, and its process; its pages still count as mapped.</summary>
    internal virtual DetachedTable? DetachedTable => null;

    /// <summary>Adds the references to folios that this collapse holds, by frame number.</summary>
    internal abstract void CountReferences(Span<int> references);

    private protected abstract IEnumerator<CollapseStep> Steps();

    /// <summary>Traces the end as the kernel does: the collapse, if the scan succeeded, and then the scan.</summary>
    private protected abstract void TraceEnd(CollapseResult result);

    /// <summary>The only exit: undoes everything that is not committed, and sets the result.</summary>
    private protected void End(CollapseResult result)
    {
        Undo.Unwind();
        TraceEnd(result);
        Result = result;
    }

    private protected CollapseResult Allocate(MemoryCgroup cgroup)
    {
        if (!Memory.TryAllocateUncharged(BuddyAllocator.HugeOrder, out uint head, out _))
        {
            Machine.Counters.ThpCollapseAllocFailed++;
            return CollapseResult.AllocHugePageFail;
        }
        Machine.Counters.ThpCollapseAlloc++;
        if (Memory.Fails(FailurePoint.HugePageCharge) || !Memory.TryCharge(head, cgroup))
        {
            Memory.Put(head);
            return CollapseResult.CgroupChargeFail;
        }
        NewPage = head;
        Undo.Push("free the huge page", FreeNewPage);
        return CollapseResult.Succeed;
    }

    /// <summary>Handles poison that the copy read. The frame is queued, because memory_failure needs the locks that are held here.</summary>
    /// <exception cref="KernelPanicException">The kernel does not recover.</exception>
    private protected CollapseResult Poisoned(uint bad)
    {
        PoisonedFrame = bad;
        if (!Behavior.CollapseRecoversFromPoison)
            throw Machine.Panic(bad);
        Machine.MemoryFailure.Enqueue(bad);
        return CollapseResult.CopyMc;
    }

    /// <summary>The result for a range without a page table (<c>find_pmd_or_thp_or_none</c>).</summary>
    internal static CollapseResult WithoutTable(AddressSpace space, ulong address) =>
        space.Machine.Behavior.GoesOnWithoutPageTable ? CollapseResult.NoPteTable
        : space.HasPmdTable(address) ? CollapseResult.PmdNone : CollapseResult.PmdNull;

    private protected void FreeNewPage()
    {
        Memory.Put(NewPage);
        NewPage = Frame.Null;
    }

    private protected void TraceStep(CollapseStep step) => Options.Trace?.Add("step", ("step", step));

    private IEnumerator<CollapseStep> Start()
    {
        NextStep = CollapseStep.Scan;
        return Steps();
    }
}
