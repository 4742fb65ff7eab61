using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>What is rescued: a file, a memfd (as <c>/proc/PID/fd/N</c>) or a block device, open for reading.</summary>
internal sealed class RescueSource : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly FileStatus _atFirst;

    /// <exception cref="IOException">It is not there, is empty, or cannot be opened or mapped.</exception>
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
            if (Length == 0)
                throw new IOException($"The source '{path}' is empty: there is nothing to rescue.");
            // What cannot be mapped is known before anything is written.
            Map(0, 1).Dispose();
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

    /// <summary>Whether somebody has written to it since it was opened; not known of a device.</summary>
    internal bool WasWritten => SystemCalls.Status(_file).Modified != _atFirst.Modified;

    public void Dispose() => _file.Dispose();

    internal bool IsSameFile(in FileStatus other) => _atFirst.IsSameFile(other);

    /// <summary>A mapping of a part, which starts on a page.</summary>
    internal NativeRegion Map(long offset, nuint length) => NativeRegion.MapFile(_file, offset, length);
}
