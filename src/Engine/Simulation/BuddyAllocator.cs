namespace CopyMc.Simulation;

/// <summary>
/// Gives out blocks of 1 to 512 frames, each aligned to its size, and joins free neighbours again (<c>mm/page_alloc.c</c>). Blocks that
/// were never given out are not on any list: they cost nothing, not even their metadata.
/// </summary>
internal sealed unsafe class BuddyAllocator
{
    internal const int HugeOrder = 9;

    private readonly Frame* _frames;
    private readonly FrameList[] _free = new FrameList[HugeOrder + 1];
    private readonly uint _end;
    private uint _neverUsed;

    internal BuddyAllocator(Frame* frames, uint frameCount)
    {
        _frames = frames;
        _end = frameCount;
        Array.Fill(_free, new FrameList(frames));
    }

    /// <summary>Frames in free blocks of every size.</summary>
    internal long FreeFrames
    {
        get
        {
            long count = _end - _neverUsed;
            for (int order = 0; order <= HugeOrder; order++)
                count += _free[order].Count << order;
            return count;
        }
    }

    /// <summary>Free blocks of a huge page's size.</summary>
    internal long FreeHugeBlocks => ((_end - _neverUsed) >> HugeOrder) + _free[HugeOrder].Count;

    /// <summary>Takes a block. Returns false if there is none so large.</summary>
    /// <param name="order">Its size.</param>
    /// <param name="pfn">Its first frame.</param>
    /// <param name="zeroed">Whether it was never given out before, and so is zeros still.</param>
    internal bool TryAllocate(int order, out uint pfn, out bool zeroed)
    {
        int found = order;
        while (found <= HugeOrder && _free[found].Count == 0)
            found++;
        if (found <= HugeOrder)
        {
            pfn = _free[found].First;
            _free[found].Remove(pfn);
            zeroed = _frames[pfn].Has(PageFlags.NeverUsed);
            _frames[pfn].Flags = PageFlags.None;
        }
        else if (_neverUsed < _end)
        {
            zeroed = true;
            pfn = _neverUsed;
            _neverUsed += 1u << HugeOrder;
            found = HugeOrder;
        }
        else
        {
            pfn = Frame.Null;
            zeroed = false;
            return false;
        }
        while (found > order)
        {
            found--;
            AddFree(pfn + (1u << found), found, zeroed);
        }
        return true;
    }

    /// <summary>Gives a block back.</summary>
    internal void Free(uint pfn, int order)
    {
        while (order < HugeOrder)
        {
            uint buddy = pfn ^ (1u << order);
            if (!_frames[buddy].Has(PageFlags.Free) || _frames[buddy].Order != order)
                break;
            _free[order].Remove(buddy);
            _frames[buddy].Flags = PageFlags.None;
            pfn &= ~(1u << order);
            order++;
        }
        AddFree(pfn, order, zeroed: false);
    }

    /// <summary>Takes one frame out of whatever free block holds it. Returns false if none does.</summary>
    internal bool TryTake(uint pfn)
    {
        // Blocks up to the frame's own go onto the list, so that there is a block to take it from.
        for (; _neverUsed <= pfn && _neverUsed < _end; _neverUsed += 1u << HugeOrder)
            AddFree(_neverUsed, HugeOrder, zeroed: true);

        for (int order = 0; order <= HugeOrder; order++)
        {
            uint block = pfn & ~((1u << order) - 1);
            if (!_frames[block].Has(PageFlags.Free) || _frames[block].Order != order)
                continue;
            _free[order].Remove(block);
            bool zeroed = _frames[block].Has(PageFlags.NeverUsed);
            _frames[block].Flags = PageFlags.None;
            while (order-- > 0)
            {
                uint half = 1u << order;
                bool upper = (pfn & half) != 0;
                AddFree(upper ? block : block + half, order, zeroed);
                block += upper ? half : 0;
            }
            _frames[pfn] = default;
            return true;
        }
        return false;
    }

    private void AddFree(uint pfn, int order, bool zeroed)
    {
        _frames[pfn].Flags = zeroed ? PageFlags.Free | PageFlags.NeverUsed : PageFlags.Free;
        _frames[pfn].Order = (byte)order;
        _free[order].AddFirst(pfn);
    }
}
