using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyMc;

/// <summary>/proc/kpageflags: 64 flags for each page frame of the machine.</summary>
/// <param name="path">The file to read; tests pass another.</param>
internal sealed class PageFlagsFile(string path = PageFlagsFile.DefaultPath) : IDisposable
{
    internal const string DefaultPath = "/proc/kpageflags";

    // KPF_HWPOISON, <linux/kernel-page-flags.h>.
    private const ulong HwPoison = 1UL << 19;
    private const int Window = 512;

    private readonly SafeFileHandle _file = File.OpenHandle(path);
    private readonly ulong[] _flags = new ulong[Window];
    private ulong _first = ulong.MaxValue;
    private int _count;

    public void Dispose() => _file.Dispose();

    /// <summary>Whether a frame has hardware poison. Reads the flags of 512 frames at a time, because callers ask for neighbours.</summary>
    internal bool IsHwPoison(ulong frame)
    {
        ulong first = frame / Window * Window;
        if (first != _first)
        {
            _count = RandomAccess.Read(_file, MemoryMarshal.AsBytes(_flags.AsSpan()), (long)first * sizeof(ulong)) / sizeof(ulong);
            _first = first;
        }
        int index = (int)(frame - first);
        return index < _count && (_flags[index] & HwPoison) != 0;
    }
}
