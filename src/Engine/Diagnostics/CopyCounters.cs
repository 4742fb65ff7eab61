using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Diagnostics;

/// <summary>
/// The counters of copies. Each thread counts in its own cache line, without a lock, an allocation or a shared write, which costs about 2 ns.
/// </summary>
/// <remarks>
/// Poison hits are always counted. Bytes are counted while a listener is attached: of all long copies, and of short copies in the windows
/// that <see cref="ShortCopySampler"/> opens, because 2 ns would be more than half of the shortest copy.
/// </remarks>
internal static unsafe class CopyCounters
{
    /// <summary>Bytes in the longest short copy. A longer one takes 200 times as long as counting it.</summary>
    internal const nuint LongestShortCopy = 32768;

    /// <summary>The value of <see cref="LeastCounted"/> that counts nothing.</summary>
    internal static nuint Nothing => nuint.MaxValue;

    /// <summary>Number of cells. Threads with higher ids share the first one, which no thread owns, because managed ids start at 1.</summary>
    private const int CellCount = 512;

    /// <summary>Bytes from which copies are counted: none, the long ones, or all. The copy path reads it.</summary>
    internal static nuint LeastCounted = nuint.MaxValue;

    [ThreadStatic]
    private static CounterCell* t_cell;

    /// <summary>Counts a copied block, if blocks of its length are counted now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void CountBlock(nuint byteCount)
    {
        if (byteCount >= LeastCounted)
            Count(byteCount);
    }

    /// <summary>Counts a copy that poison stopped.</summary>
    internal static void CountHit(CopyFaultKind kind)
    {
        CounterCell* cell = Cell;
        switch (kind)
        {
            case CopyFaultKind.KnownPoison:
                Add(cell, ref cell->KnownPoison, 1);
                break;
            case CopyFaultKind.MachineCheck:
                Add(cell, ref cell->MachineChecks, 1);
                break;
            case CopyFaultKind.BusError:
                Add(cell, ref cell->BusErrors, 1);
                break;
            case CopyFaultKind.AccessViolation:
                Add(cell, ref cell->AccessViolations, 1);
                break;
        }
    }

    /// <summary>Not inlined, because there is rarely a listener.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Count(nuint byteCount)
    {
        CounterCell* cell = Cell;
        if (byteCount > LongestShortCopy)
        {
            Add(cell, ref cell->LongBytes, (long)byteCount);
            Add(cell, ref cell->LongCopies, 1);
        }
        else
        {
            Add(cell, ref cell->SampledBytes, (long)byteCount);
            Add(cell, ref cell->SampledCopies, 1);
        }
    }

    /// <summary>The sum of all threads' counters, including threads that have ended.</summary>
    internal static CounterCell Sum()
    {
        var sum = new CounterCell();
        for (CounterCell* cell = Cells.First; cell < Cells.First + CellCount; cell++)
        {
            sum.LongBytes += Volatile.Read(ref cell->LongBytes);
            sum.LongCopies += Volatile.Read(ref cell->LongCopies);
            sum.SampledBytes += Volatile.Read(ref cell->SampledBytes);
            sum.SampledCopies += Volatile.Read(ref cell->SampledCopies);
            sum.KnownPoison += Volatile.Read(ref cell->KnownPoison);
            sum.MachineChecks += Volatile.Read(ref cell->MachineChecks);
            sum.BusErrors += Volatile.Read(ref cell->BusErrors);
            sum.AccessViolations += Volatile.Read(ref cell->AccessViolations);
        }
        return sum;
    }

    private static CounterCell* Cell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            CounterCell* cell = t_cell;
            return cell != null ? cell : FindCell();
        }
    }

    /// <summary>
    /// A thread's cell, by its managed id. No two live threads have the same id, and the runtime reuses the ids of ended threads: a new thread
    /// continues the cell of an ended one.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CounterCell* FindCell()
    {
        int id = Environment.CurrentManagedThreadId;
        return t_cell = Cells.First + ((uint)id < CellCount ? id : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(CounterCell* cell, ref long counter, long amount)
    {
        if (cell != Cells.First)
            counter += amount;
        else
            Interlocked.Add(ref counter, amount);
    }

    /// <summary>A class of its own, so that reading <see cref="LeastCounted"/> runs no static constructor.</summary>
    private static class Cells
    {
        internal static readonly CounterCell* First = Allocate();

        private static CounterCell* Allocate()
        {
            const nuint Size = CellCount * PoisonMap.LineSize;
            void* cells = NativeMemory.AlignedAlloc(Size, PoisonMap.LineSize);
            NativeMemory.Clear(cells, Size);
            return (CounterCell*)cells;
        }
    }
}
