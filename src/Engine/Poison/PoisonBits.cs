using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// The memory behind a <see cref="PoisonMap"/>: a word for each page, with one bit per line, and a byte for each group of 64 pages, which
/// counts the words that are not zero. Eight bytes of counts cover 2 MiB.
/// </summary>
/// <remarks>
/// <para>
/// Both levels are untouched zero pages until a line is marked: a map over 1 TiB reserves 2 GiB and 4 MiB of address space and no memory.
/// A reader keeps this object alive; the finalizer unmaps the range.
/// </para>
/// <para>
/// The stub's signal handler marks here too, so every change is atomic. Groups have counts, not bits, because a count that goes up before
/// its word and down after it is never too low while other threads mark or clear the same page.
/// </para>
/// </remarks>
internal sealed unsafe class PoisonBits
{
    internal const int PagesPerGroup = 64;

    private readonly byte* _memory;
    private readonly nuint _length;

    internal PoisonBits(nuint pageCount)
    {
        nuint groupBytes = ((pageCount + PagesPerGroup - 1) / PagesPerGroup + sizeof(ulong) - 1) & ~(nuint)(sizeof(ulong) - 1);
        _length = groupBytes + pageCount * sizeof(ulong);
        if (OperatingSystem.IsLinux())
        {
            _memory = (byte*)Libc.Map(
                null, _length, Libc.ProtRead | Libc.ProtWrite, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
            if (_memory == Libc.MapFailed)
                throw new InsufficientMemoryException($"mmap of {_length} bytes for a poison map: {Libc.LastErrorMessage()}.");
            // One mark must not commit a huge page.
            _ = Libc.Advise(_memory, _length, Libc.MadvNoHugePage);
        }
        else
        {
            _memory = (byte*)NativeMemory.AllocZeroed(_length);
        }
        Groups = _memory;
        Lines = (ulong*)(_memory + groupBytes);
    }

    ~PoisonBits()
    {
        if (_memory == null || _memory == Libc.MapFailed)
            return;
        if (OperatingSystem.IsLinux())
            _ = Libc.Unmap(_memory, _length);
        else
            NativeMemory.Free(_memory);
    }

    /// <summary>For each group of 64 pages, the number of pages with a bad line.</summary>
    internal byte* Groups { get; }

    /// <summary>One word per page: bit i is line i of the page.</summary>
    internal ulong* Lines { get; }

    /// <summary>Frees the memory but keeps the mapping; concurrent readers see no poison.</summary>
    internal void Drop()
    {
        if (OperatingSystem.IsLinux())
            _ = Libc.Advise(_memory, _length, Libc.MadvDontNeed);
    }
}
