using System.Runtime.CompilerServices;

namespace CopyMc.Simulation;

/// <summary>A list of frames, linked through the frames themselves.</summary>
internal unsafe struct FrameList(Frame* frames)
{
    internal uint First { get; private set; } = Frame.Null;

    internal uint Last { get; private set; } = Frame.Null;

    internal long Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AddFirst(uint pfn)
    {
        uint first = First;
        frames[pfn].Previous = Frame.Null;
        frames[pfn].Next = first;
        if (first == Frame.Null)
            Last = pfn;
        else
            frames[first].Previous = pfn;
        First = pfn;
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Remove(uint pfn)
    {
        (uint previous, uint next) = (frames[pfn].Previous, frames[pfn].Next);
        if (previous == Frame.Null)
            First = next;
        else
            frames[previous].Next = next;
        if (next == Frame.Null)
            Last = previous;
        else
            frames[next].Previous = previous;
        Count--;
    }
}
