namespace CopyMc.Simulation;

/// <summary>
/// Allocates blocks of 1 to 512 frames, each aligned to its size, and merges free neighbours (<c>mm/page_alloc.c</c>). Blocks that were never
/// allocated are not on any list, so that not even their metadata takes up memory.
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

    /// <summary>Allocates a block. Returns false if no block of the size is free.</summary>
    /// <param name="order">Its size.</param>
    /// <param name="pfn">Its first frame.</param>
    /// <param name="zeroed">Whether it was never allocated before, and so still contains zeros.</param>
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

    /// <summary>Frees a block.</summary>
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

    /// <summary>Takes one frame out of the free block that contains it. Returns false if the frame is not free.</summary>
    internal bool TryTake(uint pfn)
    {
        // Puts the blocks up to that of the frame onto the list, so that it can be taken out of one.
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
