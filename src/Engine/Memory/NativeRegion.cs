using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyMc;

/// <summary>
/// Mapped, aligned memory outside the managed heap, readable and writable, at a fixed address, with its own <see cref="PoisonMap"/>.
/// </summary>
/// <remarks>
/// <para>Regions of 2 MiB and more start on a 2 MiB boundary and share no huge page with other memory; smaller ones start on a page.</para>
/// <para>There is no finalizer, because pointers into a region outlive the object. Dispose it.</para>
/// <para>Systems other than Linux have only private memory of small pages.</para>
/// <para>The members are thread-safe. Do not dispose a region while its memory is in use.</para>
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
    private readonly int? _node;
    private bool _disposed;

    /// <summary>Maps <paramref name="length"/> bytes of zeroed memory.</summary>
    /// <param name="length">Bytes. The mapping, but not <see cref="Length"/>, is rounded up to whole pages of the requested kind.</param>
    /// <param name="options">How to map it; <see langword="null"/>: private memory of small pages, populated.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="length"/> is zero or more than the address space holds, or <see cref="NativeRegionOptions.Node"/> has no memory that this process may use.
    /// </exception>
    /// <exception cref="ArgumentException">The options ask for <see cref="RegionBacking.File"/>.</exception>
    /// <exception cref="IOException">A system call failed; the message says which and why.</exception>
    /// <exception cref="PlatformNotSupportedException">The options need Linux.</exception>
    public NativeRegion(nuint length, NativeRegionOptions? options = null)
    {
        options ??= new NativeRegionOptions();
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, (nuint)nint.MaxValue - 2 * HugePageSize);
        if (options.Backing == RegionBacking.File)
            throw new ArgumentException($"Use {nameof(NativeRegion)}.{nameof(MapFile)} for a region over a file.", nameof(options));

        Length = length;
        Backing = options.Backing;
        Pages = options.Pages;
        _locked = options.Lock;
        _reserve = options.Reserve;
        _node = options.Node;
        nuint unit = Pages == PageKind.HugeTlb ? HugePageSize : (nuint)PageSize;
        _mappedLength = RoundUp(length, unit);

        if (!OperatingSystem.IsLinux())
        {
            if (Backing != RegionBacking.Anonymous || Pages != PageKind.Small || options.Lock || _node is not null)
                throw new PlatformNotSupportedException("Shared, huge-page and locked regions, and regions of a NUMA node, need Linux.");
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
                BindAdviseAndLock(_pointer, _mappedLength);
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

    /// <summary>Bytes in the region, as requested.</summary>
    public nuint Length { get; }

    /// <summary>The memory behind the region.</summary>
    public RegionBacking Backing { get; }

    /// <summary>The kind of pages that was requested.</summary>
    public PageKind Pages { get; }

    /// <summary>The region. Reading poisoned memory through the span kills the process.</summary>
    /// <exception cref="InvalidOperationException">The region is longer than <see cref="int.MaxValue"/> bytes: use <see cref="Pointer"/>.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public Span<byte> Span => Length <= int.MaxValue
        ? new(Pointer, (int)Length)
        : throw new InvalidOperationException($"The region of {Length} bytes is longer than a span can be: use {nameof(Pointer)}.");

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

    /// <summary>Bytes now in the file behind a region that <see cref="MapFile(string, bool)"/> made; it may have been truncated since.</summary>
    internal long FileLength => RandomAccess.GetLength(_file!);

    private int Protection => _writable ? Libc.ProtRead | Libc.ProtWrite : Libc.ProtRead;

    /// <summary>Maps a whole file, shared.</summary>
    /// <param name="path">The path of the file, which must not be empty.</param>
    /// <param name="writable">Whether stores to the region are allowed; they reach the file.</param>
    /// <returns>A region as long as the file is now.</returns>
    /// <exception cref="IOException">The file is empty or cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened for this access.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
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

    /// <summary>Maps a part of an open file or block device, shared. An access beyond the end of the file raises SIGBUS.</summary>
    /// <param name="file">The file. The caller owns it and keeps it open as long as the region lives.</param>
    /// <param name="offset">Bytes from the start of the file to the part; a multiple of <see cref="PageSize"/>.</param>
    /// <param name="length">Bytes in the part.</param>
    /// <param name="writable">Whether stores to the region are allowed; they reach the file, which must be open for writing.</param>
    /// <returns>A region of <paramref name="length"/> bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative or inside a page, or the length is zero or more than the address space holds.</exception>
    /// <exception cref="IOException">The file cannot be mapped.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
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
    /// Replaces poisoned pages with healthy ones. Dropping a page that was poisoned is enough; a mapping that was replaced is mapped again. A
    /// memfd keeps a page with hardware poison until a hole is punched there.
    /// </summary>
    internal void Remap(nuint offset, nuint length, PoisonSource source)
    {
        if (source == PoisonSource.TruncatedMapping)
        {
            MapFixed(_pointer + offset, length, _file, Pages, Protection, _fileOffset + (nint)offset, _reserve);
            BindAdviseAndLock(_pointer + offset, length);
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
    /// Reserves a huge page more than needed, maps over the aligned part and unmaps the rest. MAP_FIXED is sound because the range that it
    /// replaces is this reservation.
    /// </summary>
    private static byte* MapAligned(
        nuint length, SafeFileHandle? file, PageKind pages, int protection, nint fileOffset = 0, bool reserve = true)
    {
        nuint alignment = length >= HugePageSize ? HugePageSize : (nuint)PageSize;
        // Reserves whole huge pages, so that no other mapping shares the last one.
        nuint owned = RoundUp(length, alignment);
        byte* reservation = (byte*)Libc.Map(
            null, owned + alignment, Libc.ProtNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (reservation == Libc.MapFailed)
            throw new IOException($"mmap of {length} bytes: {Libc.LastErrorMessage()}.");
        byte* start = (byte*)RoundUp((nuint)reservation, alignment);
        byte* tail = start + length, end = reservation + owned + alignment;
        try
        {
            MapFixed(start, length, file, pages, protection, fileOffset, reserve);
        }
        finally
        {
            // Not the part between them, should it fail: the kernel may have removed the reservation there before, and another thread, or the
            // JIT compiler for the exception, may have mapped memory in its place.
            if (start > reservation)
                _ = Libc.Unmap(reservation, (nuint)(start - reservation));
            if (tail < end)
                _ = Libc.Unmap(tail, (nuint)(end - tail));
        }
        return start;
    }

    /// <summary>mmap with MAP_FIXED, which is sound because the caller owns the range.</summary>
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

    /// <summary>In this order: a lock touches the pages.</summary>
    private void BindAdviseAndLock(byte* start, nuint length)
    {
        if (_node is { } node)
            MemoryNode.BindTo(node, start, length);
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
