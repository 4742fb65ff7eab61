using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// The words behind a <see cref="PoisonMap"/>: one bit per line, so that a page is one word, and above it one bit per page that has
/// a bad line. A clean 2 MiB is eight words of the upper level.
/// </summary>
/// <remarks>
/// Both levels are untouched zero pages until something is marked: a map over 1 TiB reserves 2 GiB and 32 MiB of address space
/// and no memory. Whoever reads the words keeps this object alive meanwhile; the address range goes back when nobody can read it.
/// </remarks>
internal sealed unsafe class PoisonBits
{
    private readonly byte* _memory;
    private readonly nuint _length;

    internal PoisonBits(nuint pageCount)
    {
        nuint pageWords = (pageCount + 63) / 64;
        _length = (pageWords + pageCount) * sizeof(ulong);
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
        Pages = (ulong*)_memory;
        Lines = Pages + pageWords;
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

    /// <summary>One bit per page: the page has a bad line.</summary>
    internal ulong* Pages { get; }

    /// <summary>One word per page: bit i is line i of the page.</summary>
    internal ulong* Lines { get; }

    /// <summary>Gives the memory back at once; readers that are still at it see no poison.</summary>
    internal void Drop()
    {
        if (OperatingSystem.IsLinux())
            _ = Libc.Advise(_memory, _length, Libc.MadvDontNeed);
    }
}
