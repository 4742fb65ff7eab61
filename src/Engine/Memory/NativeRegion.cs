using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyMc;

/// <summary>
/// Memory outside the managed heap that stays where it is: mapped, aligned, readable and writable, with a
/// <see cref="PoisonMap"/> of its own.
/// </summary>
/// <remarks>
/// <para>Regions of 2 MiB and more start on a 2 MiB boundary and share no huge page with other memory; smaller ones start on a page.</para>
/// <para>A region is never unmapped behind its user's back: pointers into it outlive the object, so there is no finalizer. Dispose it.</para>
/// <para>On systems other than Linux only private small-page memory can be had.</para>
/// <para>The members are thread-safe; whoever disposes a region must know that nobody uses its memory any more.</para>
/// </remarks>
public sealed unsafe class NativeRegion : IDisposable
{
    /// <summary>Bytes in a page.</summary>
    public const int PageSize = 4096;

    /// <summary>Bytes in a huge page.</summary>
    public const int HugePageSize = 2 * 1024 * 1024;

    private readonly byte* _pointer;
    private readonly nuint _mappedLength;
    private readonly SafeFileHandle? _file;
    private readonly bool _ownsFile = true;
    private readonly nint _fileOffset;
    private readonly PoisonMap _poison;
    private readonly bool _locked;
    private readonly bool _reserve = true;
    private readonly bool _writable = true;
    private bool _disposed;

    /// <summary>Maps <paramref name="length"/> bytes of zeroed memory.</summary>
    /// <param name="length">Bytes; rounded up to whole pages of the asked kind when mapping, but not in <see cref="Length"/>.</param>
    /// <param name="options">How to map it; <see langword="null"/>: private memory of small pages, already touched.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is zero or more than the address space holds.</exception>
    /// <exception cref="ArgumentException">The options ask for <see cref="RegionBacking.File"/>.</exception>
    /// <exception cref="IOException">The system refused the memory; the message says which call and why.</exception>
    /// <exception cref="PlatformNotSupportedException">The options ask for what only Linux has.</exception>
    public NativeRegion(nuint length, NativeRegionOptions? options = null)
    {
        options ??= new NativeRegionOptions();
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (nuint)nint.MaxValue - 2 * HugePageSize);
        if (options.Backing == RegionBacking.File)
            throw new ArgumentException($"A region over a file is made by {nameof(NativeRegion)}.{nameof(MapFile)}.", nameof(options));

        Length = length;
        Backing = options.Backing;
        Pages = options.Pages;
        _locked = options.Lock;
        _reserve = options.Reserve;
        nuint unit = Pages == PageKind.HugeTlb ? HugePageSize : (nuint)PageSize;
        _mappedLength = RoundUp(length, unit);

        if (!OperatingSystem.IsLinux())
        {
            if (Backing != RegionBacking.Anonymous || Pages != PageKind.Small || options.Lock)
                throw new PlatformNotSupportedException("Shared, huge-page and locked regions need Linux.");
            _pointer = (byte*)NativeMemory.AlignedAlloc(_mappedLength, PageSize);
            NativeMemory.Clear(_pointer, _mappedLength);
        }
        else
        {
            if (Backing == RegionBacking.Memfd)
                _file = CreateMemfd(_mappedLength, Pages);
            _pointer = MapAligned(_mappedLength, _file, Pages, Protection, reserve: _reserve);
            try
            {
                AdviseAndLock(_pointer, _mappedLength);
            }
            catch
            {
                _ = Libc.Unmap(_pointer, _mappedLength);
                _file?.Dispose();
                throw;
            }
            if (options.Populate)
                Touch();
        }

        _poison = new PoisonMap(_pointer, length);
    }

    private NativeRegion(SafeFileHandle file, bool ownsFile, nint offset, nuint length, bool writable)
    {
        Length = length;
        Backing = RegionBacking.File;
        _file = file;
        _ownsFile = ownsFile;
        _fileOffset = offset;
        _writable = writable;
        _mappedLength = RoundUp(length, PageSize);
        _pointer = MapAligned(_mappedLength, file, PageKind.Small, Protection, offset);
        _poison = new PoisonMap(_pointer, length);
    }

    /// <summary>The first byte.</summary>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _pointer;
        }
    }

    /// <summary>Bytes in the region, as asked for.</summary>
    public nuint Length { get; }

    /// <summary>What lies behind the region.</summary>
    public RegionBacking Backing { get; }

    /// <summary>What pages were asked for.</summary>
    public PageKind Pages { get; }

    /// <summary>The first <see cref="int.MaxValue"/> bytes at most of the region. Reading poisoned memory through it kills the process.</summary>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public Span<byte> Span => new(Pointer, (int)nuint.Min(Length, int.MaxValue));

    /// <summary>The map of the region's poisoned lines. It covers the region exactly and is disposed with it.</summary>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public PoisonMap Poison
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _poison;
        }
    }

    /// <summary>Bytes in the file behind a region that <see cref="MapFile(string, bool)"/> made, as it is now: it may have been truncated since.</summary>
    internal long FileLength => RandomAccess.GetLength(_file!);

    private int Protection => _writable ? Libc.ProtRead | Libc.ProtWrite : Libc.ProtRead;

    /// <summary>Maps a file, shared, from its first byte to its present end.</summary>
    /// <param name="path">The file; it must not be empty.</param>
    /// <param name="writable">Whether stores to the region are allowed; they reach the file.</param>
    /// <exception cref="IOException">The file is empty or cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened that way.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static NativeRegion MapFile(string path, bool writable = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Regions over files need Linux.");

        SafeFileHandle file = File.OpenHandle(
            path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            long length = RandomAccess.GetLength(file);
            if (length == 0)
                throw new IOException($"'{path}' is empty: there is nothing to map.");
            return new NativeRegion(file, ownsFile: true, 0, (nuint)length, writable);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Maps a part of an open file or block device, shared. The part may reach beyond the end: what lies there raises SIGBUS.</summary>
    /// <param name="file">The file. It stays the caller's, and must stay open as long as the region lives.</param>
    /// <param name="offset">Bytes from the start of the file to the part; a multiple of <see cref="PageSize"/>.</param>
    /// <param name="length">Bytes in the part.</param>
    /// <param name="writable">Whether stores to the region are allowed; they reach the file, which must have been opened for them.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative or inside a page, or the length is zero or more than the address space holds.</exception>
    /// <exception cref="IOException">The file cannot be mapped.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    public static NativeRegion MapFile(SafeFileHandle file, long offset, nuint length, bool writable = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % PageSize, 0, nameof(offset));
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (nuint)nint.MaxValue - 2 * HugePageSize);
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Regions over files need Linux.");
        return new NativeRegion(file, ownsFile: false, (nint)offset, length, writable);
    }

    /// <summary>Unmaps the memory and disposes the map. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _poison.Dispose();
        if (OperatingSystem.IsLinux())
            _ = Libc.Unmap(_pointer, _mappedLength);
        else
            NativeMemory.AlignedFree(_pointer);
        if (_ownsFile)
            _file?.Dispose();
    }

    /// <summary>
    /// Puts healthy pages where poisoned ones were. Dropping is enough where the page itself was poisoned; what was replaced by another
    /// mapping is mapped anew. A page of a memfd that the kernel holds for poisoned goes only with a hole in the file.
    /// </summary>
    internal void Remap(nuint offset, nuint length, PoisonSource source)
    {
        if (source == PoisonSource.TruncatedMapping)
        {
            MapFixed(_pointer + offset, length, _file, Pages, Protection, _fileOffset + (nint)offset, _reserve);
            AdviseAndLock(_pointer + offset, length);
            return;
        }
        if (source == PoisonSource.HwPoison && _file is not null
            && Libc.Allocate((int)_file.DangerousGetHandle(), Libc.FallocKeepSize | Libc.FallocPunchHole, _fileOffset + (nint)offset, (nint)length) != 0)
        {
            throw new IOException($"fallocate(FALLOC_FL_PUNCH_HOLE): {Libc.LastErrorMessage()}.");
        }
        if (!PageDropper.Drop(_pointer + offset, length))
            throw new IOException($"madvise(MADV_DONTNEED): {Libc.LastErrorMessage()}.");
    }

    private static nuint RoundUp(nuint value, nuint unit) => (value + unit - 1) & ~(unit - 1);

    private static SafeFileHandle CreateMemfd(nuint length, PageKind pages)
    {
        int descriptor = Libc.MemfdCreate("copymc", Libc.MfdCloseOnExec | (pages == PageKind.HugeTlb ? Libc.MfdHugeTlb : 0));
        if (descriptor < 0)
            throw new IOException($"memfd_create: {Libc.LastErrorMessage()}.");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Libc.Truncate(descriptor, (nint)length) != 0)
        {
            string reason = Libc.LastErrorMessage();
            file.Dispose();
            throw new IOException($"ftruncate of a memfd to {length} bytes: {reason}.");
        }
        return file;
    }

    /// <summary>
    /// Reserves a huge page more than needed, maps over its aligned part and returns the rest. MAP_FIXED is sound here because
    /// the range it replaces is our own reservation.
    /// </summary>
    private static byte* MapAligned(
        nuint length, SafeFileHandle? file, PageKind pages, int protection, nint fileOffset = 0, bool reserve = true)
    {
        nuint alignment = length >= HugePageSize ? HugePageSize : (nuint)PageSize;
        // Whole huge pages are reserved, so that no neighbour can share the last one.
        nuint owned = RoundUp(length, alignment);
        byte* reservation = (byte*)Libc.Map(
            null, owned + alignment, Libc.ProtNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (reservation == Libc.MapFailed)
            throw new IOException($"mmap of {length} bytes: {Libc.LastErrorMessage()}.");
        byte* start = (byte*)RoundUp((nuint)reservation, alignment);

        try
        {
            MapFixed(start, length, file, pages, protection, fileOffset, reserve);
        }
        catch
        {
            _ = Libc.Unmap(reservation, owned + alignment);
            throw;
        }

        if (start > reservation)
            _ = Libc.Unmap(reservation, (nuint)(start - reservation));
        byte* tail = start + length;
        byte* reserved = reservation + owned + alignment;
        if (tail < reserved)
            _ = Libc.Unmap(tail, (nuint)(reserved - tail));
        return start;
    }

    /// <summary>mmap with MAP_FIXED: sound where the caller owns the range.</summary>
    private static void MapFixed(
        byte* start, nuint length, SafeFileHandle? file, PageKind pages, int protection, nint fileOffset, bool reserve)
    {
        int flags = Libc.MapFixed
            | (file is null ? Libc.MapPrivate | Libc.MapAnonymous : Libc.MapShared)
            | (pages == PageKind.HugeTlb ? Libc.MapHugeTlb : 0)
            | (reserve ? 0 : Libc.MapNoReserve);
        int descriptor = file is null ? -1 : (int)file.DangerousGetHandle();
        if (Libc.Map(start, length, protection, flags, descriptor, fileOffset) == Libc.MapFailed)
            throw new IOException($"mmap of {length} bytes{(pages == PageKind.HugeTlb ? " of hugetlb pages" : "")}: {Libc.LastErrorMessage()}.");
    }

    private void AdviseAndLock(byte* start, nuint length)
    {
        if (Pages != PageKind.HugeTlb && Backing != RegionBacking.File)
            _ = Libc.Advise(start, length, Pages == PageKind.TransparentHuge ? Libc.MadvHugePage : Libc.MadvNoHugePage);
        if (_locked && Libc.Lock(start, length) != 0)
            throw new IOException($"mlock of {length} bytes: {Libc.LastErrorMessage()} (see ulimit -l).");
    }

    private void Touch()
    {
        for (nuint offset = 0; offset < _mappedLength; offset += PageSize)
            Volatile.Write(ref _pointer[offset], 0);
    }
}
