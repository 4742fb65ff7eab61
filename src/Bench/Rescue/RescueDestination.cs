using CopyMc.Bench.Terminal;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The file that takes what is rescued: open for writing, and for nobody else who asks for a lock, this command among them. It is as long
/// as the source from the start, and what is lost is zeros.
/// </summary>
internal sealed class RescueDestination : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly bool _isNew;
    private bool _isWanted;
    private long _fullLength;

    /// <summary>Opens the file, or makes an empty one, and changes nothing in it.</summary>
    /// <exception cref="IOException">It is not a file, cannot be opened, or another process has locked it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal RescueDestination(string path, RescueSource source)
    {
        Path = path;
        FileStatus? found = SystemCalls.Status(path);
        if (found is { } there)
        {
            if (source.IsSameFile(there))
                throw new IOException($"The source '{source.Path}' and the destination '{path}' are the same file.");
            if (!there.IsRegular)
                throw new IOException($"The destination '{path}' is {(there.IsDirectory ? "a directory" : "not a file")}.");
        }
        _isNew = found is null;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    internal string Path { get; }

    /// <summary>Bytes in it.</summary>
    internal long Length => RandomAccess.GetLength(_file);

    /// <summary>Closes the file; one that was made here and that nobody has come to want is deleted.</summary>
    public void Dispose()
    {
        if (_isNew && !_isWanted)
            File.Delete(Path);
        _file.Dispose();
    }

    /// <summary>Makes sure that there is room, and changes neither the file's length nor its content.</summary>
    /// <exception cref="IOException">There is none.</exception>
    internal void Reserve(long length)
    {
        // The system refuses to reserve nothing.
        if (length == 0)
            return;
        // Asked first: reserving more than there is would fill the disk for a moment, for everybody.
        string? refusal = FreeBytes() is { } free && free < length - SystemCalls.Status(_file).AllocatedBytes ? $"{Units.Bytes(free)} are free" : null;
        if (refusal is null)
        {
            long before = Length;
            refusal = SystemCalls.Reserve(_file, length);
            if (refusal is null)
                return;
            // What was reserved before the room ran out goes back.
            RandomAccess.SetLength(_file, before);
        }
        throw new IOException($"There is no room for {Units.Bytes(length)} in the destination '{Path}': {refusal}.");
    }

    /// <summary>Makes it that many zeros, with room behind them. From here on the file stays.</summary>
    /// <exception cref="IOException">There is no room any more.</exception>
    internal void Clear(long length)
    {
        _isWanted = true;
        RandomAccess.SetLength(_file, 0);
        Reserve(length);
        Lengthen(length);
    }

    /// <summary>Makes it that long, with zeros at its end; it is no longer.</summary>
    internal void Lengthen(long length)
    {
        RandomAccess.SetLength(_file, length);
        _fullLength = length;
    }

    /// <exception cref="IOException">The disk is full or fails, or the file is not what it was.</exception>
    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        // Before: it would make a truncated file longer again, with zeros for what was cut off.
        ThrowIfChanged();
        RandomAccess.Write(_file, bytes, offset);
    }

    /// <summary>When it returns, what was written is on the disk, in the file that the user named.</summary>
    /// <exception cref="IOException">The disk fails, or the file is not what it was.</exception>
    internal void Flush()
    {
        RandomAccess.FlushToDisk(_file);
        ThrowIfChanged();
    }

    private void ThrowIfChanged()
    {
        string? change = SystemCalls.Status(Path) is not { } there ? "is not there any more"
            : !there.IsSameFile(SystemCalls.Status(_file)) ? "is another file now"
            : Length != _fullLength ? $"has {Units.Exact(Length)} instead of {Units.Exact(_fullLength)}"
            : null;
        if (change is not null)
            throw new IOException($"The destination '{Path}' {change}: somebody changed it meanwhile. Put it back, or start over with --force.");
    }

    /// <summary>Null where the file system does not count.</summary>
    private long? FreeBytes()
    {
        var fileSystem = new DriveInfo(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        return fileSystem.TotalSize == 0 ? null : fileSystem.AvailableFreeSpace;
    }
}
