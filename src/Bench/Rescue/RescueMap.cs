namespace CopyMc.Bench.Rescue;

/// <summary>The status of every byte of the source: blocks in order, without gaps, no two neighbours of the same status.</summary>
internal sealed class RescueMap
{
    private static readonly Comparer<RescueBlock> s_byOffset = Comparer<RescueBlock>.Create((one, other) => one.Offset.CompareTo(other.Offset));

    private readonly List<RescueBlock> _blocks = [];

    internal RescueMap(long byteCount)
    {
        ByteCount = byteCount;
        if (byteCount > 0)
            _blocks.Add(new RescueBlock(0, byteCount, BlockStatus.NonTried));
    }

    /// <summary>Bytes of the source.</summary>
    internal long ByteCount { get; }

    internal IReadOnlyList<RescueBlock> Blocks => _blocks;

    internal long FinishedBytes => BytesThatAre(BlockStatus.Finished);

    internal long NonTriedBytes => BytesThatAre(BlockStatus.NonTried);

    /// <summary>Bytes that were tried and could not be read.</summary>
    internal long LostBytes => ByteCount - FinishedBytes - NonTriedBytes;

    /// <summary>The offset after the last byte that is rescued; 0 if none is.</summary>
    internal long FinishedEnd => _blocks.LastOrDefault(block => block.Status == BlockStatus.Finished).End;

    /// <summary>The lost bytes, in order, adjacent blocks joined, whatever ddrescue calls the parts.</summary>
    internal IReadOnlyList<RescueBlock> LostBlocks
    {
        get
        {
            var lost = new List<RescueBlock>();
            foreach (RescueBlock block in _blocks.Where(block => block.Status is not (BlockStatus.Finished or BlockStatus.NonTried)))
            {
                if (lost.Count > 0 && lost[^1].End == block.Offset)
                    lost[^1] = lost[^1] with { Length = lost[^1].Length + block.Length };
                else
                    lost.Add(block with { Status = BlockStatus.BadSector });
            }
            return lost;
        }
    }

    /// <summary>Sets the status of a part, which lies within the source and is not empty.</summary>
    internal void Set(long offset, long length, BlockStatus status)
    {
        int first = IndexOf(offset), last = IndexOf(offset + length - 1);
        RescueBlock before = _blocks[first], after = _blocks[last];
        // A block at an end that is replaced whole is joined with its neighbour if that has the same status.
        if (before.Offset == offset && first > 0 && _blocks[first - 1].Status == status)
            before = _blocks[--first];
        if (after.End == offset + length && last + 1 < _blocks.Count && _blocks[last + 1].Status == status)
            after = _blocks[++last];

        long start = before.Status == status ? before.Offset : offset;
        long end = after.Status == status ? after.End : offset + length;
        Span<RescueBlock> replacement =
        [
            before with { Length = start - before.Offset },
            new RescueBlock(start, end - start, status),
            new RescueBlock(end, after.End - end, after.Status),
        ];
        if (replacement[2].Length == 0)
            replacement = replacement[..2];
        if (replacement[0].Length == 0)
            replacement = replacement[1..];

        _blocks.RemoveRange(first, last - first + 1);
        _blocks.InsertRange(first, replacement);
    }

    private long BytesThatAre(BlockStatus status) => _blocks.Where(block => block.Status == status).Sum(block => block.Length);

    /// <summary>The block that an offset is in.</summary>
    private int IndexOf(long offset)
    {
        int found = _blocks.BinarySearch(new RescueBlock(offset, 0, default), s_byOffset);
        return found < 0 ? ~found - 1 : found;
    }
}
