using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>The C library's memory calls and their constants, the same on x86-64 and arm64 Linux.</summary>
internal static unsafe partial class Libc
{
    internal const int ProtNone = 0, ProtRead = 1, ProtWrite = 2;
    internal const int MapShared = 0x01, MapPrivate = 0x02, MapFixed = 0x10, MapAnonymous = 0x20, MapNoReserve = 0x4000, MapHugeTlb = 0x40000;
    internal const int MadvDontNeed = 4, MadvHugePage = 14, MadvNoHugePage = 15, MadvDontNeedLocked = 24, MadvHwPoison = 100;
    internal const uint MfdCloseOnExec = 1, MfdHugeTlb = 4;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int FallocKeepSize = 1, FallocPunchHole = 2;
    internal const int Eperm = 1, Efault = 14, Einval = 22;

    internal static readonly void* MapFailed = (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial void* Map(void* address, nuint length, int protection, int flags, int fileDescriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mlock", SetLastError = true)]
    internal static partial int Lock(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int fileDescriptor, nint length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Allocate(int fileDescriptor, int mode, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fileDescriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int fileDescriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint Syscall(nint number, nint argument);

    /// <summary>mbind(2), which the C library does not export.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint BindMemory(nint number, void* address, nuint length, nint mode, ulong* nodes, nuint nodeBits, nuint flags);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int operation, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    internal static partial nint ReadMemory(int process, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    /// <summary>dladdr(3): 0 if no file has the address.</summary>
    [LibraryImport("libc", EntryPoint = "dladdr")]
    internal static partial int FindSymbol(void* address, SymbolInfo* info);

    /// <summary>The message of the last call's errno (<c>strerror(3)</c>).</summary>
    internal static string LastErrorMessage() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal byte* Base;
        internal nuint Length;
    }

    /// <summary><c>Dl_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SymbolInfo
    {
        internal byte* FileName;
        internal void* FileBase;
        internal byte* SymbolName;
        internal void* SymbolAddress;
    }
}
