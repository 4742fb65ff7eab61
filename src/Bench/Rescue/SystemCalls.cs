using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>System calls that .NET does not have, with the constants of Linux, which are the same on x86-64 and arm64.</summary>
internal static unsafe partial class SystemCalls
{
    private const int CurrentDirectory = -100, EmptyPath = 0x1000;
    private const uint BasicStatsAndBirth = 0xFFF;
    private const int CloseOnExec = 0x80000;
    private const int SeekEnd = 2;
    private const int Eintr = 4, Enoent = 2, Enotdir = 20, Enosys = 38, Eopnotsupp = 95;

    /// <summary>The file that a path leads to; null if there is none.</summary>
    /// <exception cref="IOException">The path cannot be followed.</exception>
    internal static FileStatus? Status(string path)
    {
        FileStatus status;
        if (StatX(CurrentDirectory, path, 0, BasicStatsAndBirth, &status) == 0)
            return status;
        if (Marshal.GetLastPInvokeError() is Enoent or Enotdir)
            return null;
        throw new IOException($"'{path}': {LastErrorMessage()}.");
    }

    internal static FileStatus Status(SafeFileHandle file)
    {
        FileStatus status;
        return StatX((int)file.DangerousGetHandle(), "", EmptyPath, BasicStatsAndBirth, &status) == 0
            ? status
            : throw new IOException($"statx: {LastErrorMessage()}.");
    }

    /// <summary>Bytes in a block device, as it is now.</summary>
    internal static long DeviceLength(SafeFileHandle file)
    {
        long end = Seek(file, 0, SeekEnd);
        return end >= 0 ? end : throw new IOException($"lseek: {LastErrorMessage()}.");
    }

    /// <summary>
    /// Reserves room for the first bytes of a file, and changes neither its length nor its content. Returns null if the room is reserved or the
    /// file system cannot reserve, else why there is none.
    /// </summary>
    internal static string? Reserve(SafeFileHandle file, long length)
    {
        const int KeepSize = 1;
        int error;
        do
            error = Allocate(file, KeepSize, 0, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        while (error == Eintr);
        return error is 0 or Eopnotsupp or Enosys ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    /// <summary>Drops the unused pages of a part of a file from the page cache.</summary>
    internal static void Uncache(SafeFileHandle file, long offset, long length)
    {
        const int DontNeed = 4;
        _ = AdviseOnFile(file, offset, length, DontNeed);
    }

    /// <summary>Switches read-ahead off for a mapping.</summary>
    internal static void ReadNothingAhead(byte* start, nuint length)
    {
        const int Random = 1;
        _ = AdviseOnMemory(start, length, Random);
    }

    /// <summary>Makes a rename in a directory durable, where the file system can.</summary>
    internal static void FlushDirectory(string path)
    {
        int directory = Open(path, CloseOnExec);
        if (directory < 0)
            return;
        using var handle = new SafeFileHandle(directory, ownsHandle: true);
        _ = Flush(handle);
    }

    private static string LastErrorMessage() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int AdviseOnFile(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseOnMemory(byte* start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(SafeFileHandle file);
}
