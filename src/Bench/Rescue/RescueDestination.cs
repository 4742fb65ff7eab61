using CopyMc.Bench.Terminal;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The file that the rescued bytes are written to. It is open for writing and locked against other rescues. It is as long as the source from
/// the start; lost bytes are zeros.
/// </summary>
internal sealed class RescueDestination : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly bool _isNew;
    private bool _isUsed;
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

    /// <summary>Closes the file. A file that was made here is deleted if nothing was to be written to it.</summary>
    public void Dispose()
    {
        if (_isNew && !_isUsed)
            File.Delete(Path);
        _file.Dispose();
    }

    /// <summary>Makes sure that there is room, and changes neither the file's length nor its content.</summary>
    /// <exception cref="IOException">There is none.</exception>
    internal void Reserve(long length)
    {
        // fallocate refuses a length of 0.
        if (length == 0)
            return;
        // Asked first: an attempt to reserve too much would fill the disk for a moment.
        string? refusal = FreeBytes() is { } free && free < length - SystemCalls.Status(_file).AllocatedBytes ? $"{Units.Bytes(free)} are free" : null;
        if (refusal is null)
        {
            long before = Length;
            refusal = SystemCalls.Reserve(_file, length);
            if (refusal is null)
                return;
            // Frees what was reserved before the room ran out.
            RandomAccess.SetLength(_file, before);
        }
        throw new IOException($"There is no room for {Units.Bytes(length)} in the destination '{Path}': {refusal}.");
    }

    /// <summary>Makes it that many zeros, with room reserved. From here on the file stays.</summary>
    /// <exception cref="IOException">There is no room any more.</exception>
    internal void Clear(long length)
    {
        _isUsed = true;
        RandomAccess.SetLength(_file, 0);
        Reserve(length);
        Lengthen(length);
    }

    /// <summary>Makes it that long, with zeros at its end. It must not be longer.</summary>
    internal void Lengthen(long length)
    {
        RandomAccess.SetLength(_file, length);
        _fullLength = length;
    }

    /// <exception cref="IOException">The disk is full or fails, or the file is not what it was.</exception>
    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        // First: a write would make a truncated file longer again, with zeros in place of the bytes that were cut off.
        ThrowIfChanged();
        RandomAccess.Write(_file, bytes, offset);
    }

    /// <summary>Makes sure that the written bytes are on the disk, in the file that the user named.</summary>
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
            throw new IOException($"The destination '{Path}' {change}: it was changed meanwhile. Restore it, or start over with --force.");
    }

    /// <returns>Null where the file system does not count them.</returns>
    private long? FreeBytes()
    {
        var fileSystem = new DriveInfo(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        return fileSystem.TotalSize == 0 ? null : fileSystem.AvailableFreeSpace;
    }
}
