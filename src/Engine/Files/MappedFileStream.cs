namespace CopyMc;

/// <summary>
/// Reads and writes a file through a mapping, and throws a <see cref="LostRangeException"/> where plain loads and stores would kill the
/// process: after the file is truncated, its device or network fails or has no space left, or its page cache is poisoned.
/// </summary>
/// <remarks>
/// <para>
/// A read returns the bytes before a lost range; the next read, at the range, throws. Seek past the range to continue. A write that
/// throws has written the bytes before the range.
/// </para>
/// <para>
/// Each read tries a range lost with <see cref="CopyFaultKind.BusError"/> again, because the file may be restored. The length is that of
/// the file when it was opened.
/// </para>
/// <para>
/// Only <see cref="ReadAt"/>, <see cref="WriteAt"/> and disposing are thread-safe. Disposing does not interrupt accesses on other threads;
/// the last one unmaps the file.
/// </para>
/// </remarks>
public sealed unsafe class MappedFileStream : Stream
{
    private readonly string _path;
    private readonly CopyEngine _engine;
    private readonly NativeRegion? _region;
    private readonly bool _writable;
    private readonly long _length;
    private long _position;
    private bool _disposed;
    /// <summary>Users of the mapping: the stream until it is disposed, and each running access. The last one unmaps.</summary>
    private int _users = 1;

    /// <summary>Maps a file for reading. An empty file is an empty stream.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="engine">The engine; it must recover from faults. <see langword="null"/>: <see cref="CopyEngine.Shared"/>.</param>
    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="PlatformNotSupportedException">The engine cannot recover from faults; the message says why.</exception>
    public MappedFileStream(string path, CopyEngine? engine = null)
        : this(path, writable: false, engine)
    {
    }

    /// <summary>Maps a file for reading, or for reading and writing. An empty file is an empty stream: a mapping does not grow.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="writable">Whether the stream can be written to.</param>
    /// <param name="engine">The engine; it must recover from faults. <see langword="null"/>: <see cref="CopyEngine.Shared"/>.</param>
    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or written.</exception>
    /// <exception cref="PlatformNotSupportedException">The engine cannot recover from faults; the message says why.</exception>
    public MappedFileStream(string path, bool writable, CopyEngine? engine = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _engine = engine ?? CopyEngine.Shared;
        if (!_engine.Kernel.RecoversFromFaults)
        {
            throw new PlatformNotSupportedException(
                $"The copy kernel '{_engine.Kernel.Name}' cannot recover from faults. {FaultRecovery.UnsupportedReason}".TrimEnd());
        }
        _path = path;
        _writable = writable;
        if (new FileInfo(path) is not { Exists: true, Length: 0 })
            _region = NativeRegion.MapFile(path, writable);
        _length = (long)(_region?.Length ?? 0);
    }

    /// <summary>Whether the stream is open.</summary>
    public override bool CanRead => !_disposed;

    /// <summary>Whether the stream is open.</summary>
    public override bool CanSeek => !_disposed;

    /// <summary>Whether the stream is open, and for writing.</summary>
    public override bool CanWrite => _writable && !_disposed;

    /// <summary>Bytes in the file when it was opened.</summary>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _length;
        }
    }

    /// <summary>Bytes from the start of the file to the next byte to read or write. It may lie after the end.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative value.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _position;
        }
        set
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>Reads at an offset in the file, without moving the position. Thread-safe.</summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="buffer">Receives the bytes.</param>
    /// <returns>Bytes read: fewer than requested at the end of the file or before a lost range; 0 only at the end of the file.</returns>
    /// <exception cref="LostRangeException">The byte at <paramref name="offset"/> cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public int ReadAt(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Enter();
        try
        {
            return ReadMapping(offset, buffer);
        }
        finally
        {
            Leave();
        }
    }

    private int ReadMapping(long offset, Span<byte> buffer)
    {
        int wanted = (int)long.Min(buffer.Length, long.Max(_length - offset, 0));
        if (wanted == 0)
            return 0;

        fixed (byte* destination = buffer)
        {
            byte* source = _region!.Pointer + offset;
            nuint remaining = _engine.Copy(source, destination, (nuint)wanted, out CopyFault fault);
            if (fault.Kind == CopyFaultKind.BusError)
                Forget(fault);
            int read = wanted - (int)remaining;
            // The rest of the page in which a truncated file ends reads as zeros, without a signal.
            int there = (int)long.Clamp(_region.FileLength - offset, 0, read);
            if (there < read)
                fault = BeyondEnd(source + there);
            return there != 0 ? there : throw Lost(offset, fault, writing: false);
        }
    }

    /// <summary>Writes at an offset in the file, without moving the position. Thread-safe.</summary>
    /// <param name="offset">Bytes from the start of the file.</param>
    /// <param name="buffer">The bytes to write. They must fit before the end, because a mapping does not grow.</param>
    /// <exception cref="LostRangeException">Not all bytes can be written. Those before its offset are written.</exception>
    /// <exception cref="NotSupportedException">The stream is for reading, or the buffer reaches beyond its end.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public void WriteAt(long offset, ReadOnlySpan<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Enter();
        try
        {
            WriteMapping(offset, buffer);
        }
        finally
        {
            Leave();
        }
    }

    private void WriteMapping(long offset, ReadOnlySpan<byte> buffer)
    {
        if (!_writable)
            throw new NotSupportedException("The stream is for reading.");
        if (offset > _length || buffer.Length > _length - offset)
            throw new NotSupportedException($"'{_path}' has {_length} bytes, and a mapping does not grow.");
        if (buffer.IsEmpty)
            return;

        fixed (byte* source = buffer)
        {
            byte* destination = _region!.Pointer + offset;
            int written = buffer.Length - (int)_engine.Copy(source, destination, (nuint)buffer.Length, out CopyFault fault);
            // Bytes written to the page in which a truncated file ends, after its end, are lost.
            int there = (int)long.Clamp(_region.FileLength - offset, 0, written);
            if (there < written)
                fault = BeyondEnd(destination + there);
            if (there < buffer.Length)
                throw Lost(offset + there, fault, writing: true);
        }
    }

    /// <summary>Reads at the position, and moves it behind the bytes read. Not thread-safe.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <returns>Bytes read: fewer than requested at the end of the file or before a lost range; 0 only at the end of the file.</returns>
    /// <exception cref="LostRangeException">The byte at the position cannot be read. The position stays.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = ReadAt(_position, buffer);
        _position += read;
        return read;
    }

    /// <summary>Reads at the position, and moves it behind the bytes read. Not thread-safe.</summary>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="offset">Bytes from the start of the buffer to the first one to fill.</param>
    /// <param name="count">The most bytes to read.</param>
    /// <returns>Bytes read: fewer than requested at the end of the file or before a lost range; 0 only at the end of the file.</returns>
    /// <exception cref="ArgumentException">The offset and count reach beyond the buffer.</exception>
    /// <exception cref="LostRangeException">The byte at the position cannot be read. The position stays.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Moves the position.</summary>
    /// <param name="offset">Bytes from the origin.</param>
    /// <param name="origin">The start of the file, the position, or the end of the file.</param>
    /// <returns>The new position.</returns>
    /// <exception cref="IOException">The position would lie before the start of the file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The origin is undefined, or the position would be too large.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => _length,
            _ => throw new ArgumentOutOfRangeException(nameof(origin)),
        };
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, long.MaxValue - from);
        if (offset < -from)
            throw new IOException("A position before the start of the file.");
        return _position = from + offset;
    }

    /// <summary>Does nothing: stores to the mapping are in the file's page cache at once, and the kernel writes them to the disk later.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not supported, because a mapping keeps its length.</summary>
    /// <param name="value">Not used.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException("A mapping keeps its length.");

    /// <summary>Writes at the position, and moves it behind the bytes written. Not thread-safe.</summary>
    /// <param name="buffer">The bytes to write. They must fit before the end, because a mapping does not grow.</param>
    /// <exception cref="LostRangeException">Not all bytes can be written. Those before its offset are written; the position stays.</exception>
    /// <exception cref="NotSupportedException">The stream is for reading, or the buffer reaches beyond its end.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        WriteAt(_position, buffer);
        _position += buffer.Length;
    }

    /// <summary>Writes at the position, and moves it behind the bytes written. Not thread-safe.</summary>
    /// <param name="buffer">Holds the bytes to write. They must fit before the end, because a mapping does not grow.</param>
    /// <param name="offset">Bytes from the start of the buffer to the first one to write.</param>
    /// <param name="count">Bytes to write.</param>
    /// <exception cref="ArgumentException">The offset and count reach beyond the buffer.</exception>
    /// <exception cref="LostRangeException">Not all bytes can be written. Those before its offset are written; the position stays.</exception>
    /// <exception cref="NotSupportedException">The stream is for reading, or the buffer reaches beyond its end.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    /// <summary>Disposes the stream. The file is unmapped after the last access that still runs on another thread.</summary>
    /// <param name="disposing">Whether <see cref="Stream.Dispose()"/> calls it, and not a finalizer.</param>
    protected override void Dispose(bool disposing)
    {
        if (!Interlocked.Exchange(ref _disposed, true) && disposing)
            Leave();
        base.Dispose(disposing);
    }

    private void Enter()
    {
        int users = Volatile.Read(ref _users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(users == 0 || _disposed, this);
            int before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
                return;
            users = before;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            _region?.Dispose();
    }

    private static CopyFault BeyondEnd(byte* address)
    {
        nuint page = (nuint)address & ~(nuint)(NativeRegion.PageSize - 1);
        return new CopyFault(CopyFaultKind.BusError, CopySide.Source, page, NativeRegion.PageSize);
    }

    private LostRangeException Lost(long offset, CopyFault fault, bool writing)
    {
        nuint at = (nuint)_region!.Pointer + (nuint)offset;
        long length = (long)(fault.Address + fault.Extent - at);
        return new LostRangeException(_path, offset, long.Min(length, _length - offset), fault.Kind, writing);
    }

    private void Forget(CopyFault fault)
    {
        nuint start = nuint.Max(fault.Address, (nuint)_region!.Pointer) - (nuint)_region.Pointer;
        nuint end = nuint.Min(fault.Address + fault.Extent - (nuint)_region.Pointer, _region.Length);
        _region.Poison.Clear(start, end - start);
    }
}
