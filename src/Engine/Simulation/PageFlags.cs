namespace CopyMc.Simulation;

/// <summary>The flags of a frame, as <c>enum pageflags</c> (<c>include/linux/page-flags.h</c>).</summary>
[Flags]
public enum PageFlags : ushort
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The page lock is held.</summary>
    Locked = 1 << 0,

    /// <summary>On an LRU list; clear while isolated.</summary>
    Lru = 1 << 1,

    /// <summary>Taken off the LRU, by a user who holds a reference and will put the page back or free it.</summary>
    Isolated = 1 << 2,

    /// <summary>Written to since it was last cleaned.</summary>
    Dirty = 1 << 3,

    /// <summary>The content is valid.</summary>
    UpToDate = 1 << 4,

    /// <summary>Backed by swap: anonymous and shmem memory. An anonymous page without it is lazily freed (<c>MADV_FREE</c>).</summary>
    SwapBacked = 1 << 5,

    /// <summary>Memory failure has handled the frame, which is never allocated again.</summary>
    HwPoison = 1 << 6,

    /// <summary>Anonymous memory. Without it, the frame belongs to a file or has no owner.</summary>
    Anonymous = 1 << 7,

    /// <summary>The first frame of a large folio.</summary>
    Head = 1 << 8,

    /// <summary>A frame of a large folio, not the first.</summary>
    Tail = 1 << 9,

    /// <summary>Being written to disk.</summary>
    Writeback = 1 << 10,

    /// <summary>The file system has private data on the page.</summary>
    Private = 1 << 11,

    /// <summary>Used since reclaim last looked.</summary>
    Referenced = 1 << 12,

    /// <summary>Free, on a list of the buddy allocator. Set only on the first frame of a free block.</summary>
    Free = 1 << 13,

    /// <summary>On the first frame of a free block: no frame of it was ever allocated, so all bytes are zeros.</summary>
    NeverUsed = 1 << 14,
}
