using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>The file, memfd (as <c>/proc/PID/fd/N</c>) or block device that is rescued, open for reading.</summary>
internal sealed class RescueSource : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly FileStatus _atFirst;

    /// <exception cref="IOException">It is not there, or cannot be opened or mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal RescueSource(string path)
    {
        // Before it is opened: opening a pipe waits for a writer.
        FileStatus found = SystemCalls.Status(path) ?? throw new IOException($"The source '{path}' does not exist.");
        if (found.IsDirectory)
            throw new IOException($"The source '{path}' is a directory.");
        if (!found.IsRegular && !found.IsBlockDevice)
            throw new IOException($"The source '{path}' is neither a file nor a block device.");
        Path = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            _atFirst = SystemCalls.Status(_file);
            Length = PresentLength;
            ThrowIfUnmappable();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    internal string Path { get; }

    /// <summary>Bytes in it when it was opened.</summary>
    internal long Length { get; }

    /// <summary>Bytes in it now: it may have been truncated since.</summary>
    internal long PresentLength => _atFirst.IsBlockDevice ? SystemCalls.DeviceLength(_file) : RandomAccess.GetLength(_file);

    /// <summary>Distinguishes it from every other file or device, whatever their names.</summary>
    internal string Identity => _atFirst.Identity;

    /// <summary>When its content last changed, as of now; null for a device, which does not say.</summary>
    internal (long Seconds, uint Nanoseconds)? Modified => _atFirst.IsBlockDevice ? null : SystemCalls.Status(_file).Modified;

    public void Dispose() => _file.Dispose();

    internal bool IsSameFile(in FileStatus other) => _atFirst.IsSameFile(other);

    /// <summary>Whether a page that can be read is lost with the neighbours that the kernel reads along with it.</summary>
    internal bool LosesNeighbours => _atFirst.IsBlockDevice;

    /// <summary>A mapping of a part, which starts on a page.</summary>
    internal NativeRegion Map(long offset, nuint length) => NativeRegion.MapFile(_file, offset, length);

    /// <summary>The same, without read-ahead: each page is read by itself.</summary>
    internal unsafe NativeRegion MapPages(long offset, nuint length)
    {
        // A failed read leaves its pages in the page cache, as large as they were asked for.
        SystemCalls.Uncache(_file, offset, (long)length);
        NativeRegion region = Map(offset, length);
        SystemCalls.ReadNothingAhead(region.Pointer, length);
        return region;
    }

    /// <summary>Shows before anything is written that the source can be mapped.</summary>
    private void ThrowIfUnmappable()
    {
        if (Length > 0)
        {
            try
            {
                Map(0, 1).Dispose();
            }
            catch (IOException error)
            {
                throw new IOException($"The source '{Path}' cannot be mapped: it is no file of bytes on a disk or in memory ({error.Message.TrimEnd('.')}).", error);
            }
        }
        else if (_atFirst.IsRegular && RandomAccess.Read(_file, stackalloc byte[1], 0) > 0)
        {
            throw new IOException($"The source '{Path}' cannot be mapped: it has bytes but no length, as files under /proc; copy it with cat.");
        }
    }
}
