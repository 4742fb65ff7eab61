using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>
/// The collapse of one 2 MiB range, step by step: between two steps the caller may let anything else happen to the machine. What the
/// kernel would wait for, a step waits for: it says <see cref="IsBlocked"/> and is tried again.
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

    /// <summary>How it ended; <see langword="null"/> until it has.</summary>
    public CollapseResult? Result { get; private set; }

    /// <summary>Whether the last step could not run for a lock that somebody else holds.</summary>
    public bool IsBlocked { get; private protected set; }

    /// <summary>The huge page that is being filled; none before it is allocated and after it has become the process's or was freed.</summary>
    internal uint NewPage { get; private protected set; } = Frame.Null;

    private protected SimulatedMachine Machine { get; }

    private protected PhysicalMemory Memory { get; }

    private protected CollapseOptions Options { get; }

    private protected UndoStack Undo { get; }

    private protected KernelBehavior Behavior => Machine.Behavior;

    /// <summary>Runs one step, and when one has failed, everything that takes the earlier ones back.</summary>
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
    /// <exception cref="InvalidOperationException">
    /// A lock is held by somebody who was interrupted between his own steps. Everything is taken back, and the collapse has ended in
    /// <see cref="CollapseResult.Fail"/>; so it has when <see cref="CollapseOptions.BeforeStep"/> throws, unless the huge page was
    /// the process's or the file's already: then it has succeeded.
    /// </exception>
    /// <exception cref="KernelPanicException">The copy met poison, and the kernel that is modelled does not recover: the machine has stopped, and there is no result.</exception>
    public CollapseResult Run() =>
        TryRun() ? Result!.Value : throw new InvalidOperationException($"{NextStep} waits for a lock that nobody here will give back.");

    /// <summary>Runs all steps, or else takes back what was done.</summary>
    /// <returns>False if a step waits for a lock, which in here nobody gives back.</returns>
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
                GiveUp();
        }
    }

    /// <summary>After the commit there is no way back, and nothing to wait for on the way on.</summary>
    private void GiveUp()
    {
        while (Undo.IsCommitted && MoveNext())
            continue;
        if (Result is null)
            End(CollapseResult.Fail);
    }

    /// <summary>A page table that this collapse has taken out, and whose it is; what it maps is still mapped.</summary>
    internal virtual DetachedTable? DetachedTable => null;

    /// <summary>Adds the references to each folio that this collapse holds, by frame number.</summary>
    internal abstract void CountReferences(Span<int> references);

    private protected abstract IEnumerator<CollapseStep> Steps();

    /// <summary>Writes the events that the kernel's tracepoints write on the way out: of the collapse, if it came to one, then of the scan.</summary>
    private protected abstract void TraceEnd(CollapseResult result);

    /// <summary>The one exit: whatever was not committed is taken back.</summary>
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

    /// <summary>Poison was met by the copy. The frame is queued: memory_failure needs the locks that are held here.</summary>
    /// <exception cref="KernelPanicException">The kernel does not recover.</exception>
    private protected CollapseResult Poisoned(uint bad)
    {
        if (!Behavior.CollapseRecoversFromPoison)
            throw Machine.Panic(bad);
        Machine.MemoryFailure.Enqueue(bad);
        return CollapseResult.CopyMc;
    }

    /// <summary>What the kernel says where there is no page table (<c>find_pmd_or_thp_or_none</c>).</summary>
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
