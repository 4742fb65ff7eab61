using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Diagnostics;

/// <summary>
/// What copies count: each thread in a line of its own, without a lock, an allocation or a shared write, so that counting costs about 2 ns.
/// </summary>
/// <remarks>
/// Poison hits are counted always. Bytes are counted while somebody listens: those of long copies all, those of short copies in the
/// windows that <see cref="ShortCopySampler"/> opens, as 2 ns would be more than half of the shortest copy.
/// </remarks>
internal static unsafe class CopyCounters
{
    /// <summary>The longest copy that counts as short. One byte more takes 200 times as long as counting it.</summary>
    internal const nuint LongestShortCopy = 32768;

    /// <summary>Nothing is counted.</summary>
    internal static nuint Nothing => nuint.MaxValue;

    /// <summary>Threads with a cell of their own. The others share the first one, which no thread has: managed ids start at 1.</summary>
    private const int CellCount = 512;

    /// <summary>Copies of at least so many bytes are counted: none, the long ones, or all of them. What the copy path looks at.</summary>
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

    /// <summary>Counts a copy that met poison.</summary>
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

    /// <summary>Not inlined: most of the time nobody listens.</summary>
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

    /// <summary>What all threads have counted until now, those included that have ended.</summary>
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
    /// A thread's cell, by its managed id: no two live threads have the same, and the small ids of threads that have ended are given
    /// out again, so that a cell goes to a new thread with what the former has counted.
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

    /// <summary>Apart from the rest, so that nothing needs to be initialised before <see cref="LeastCounted"/> can be read.</summary>
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
