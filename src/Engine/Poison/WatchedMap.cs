using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>A map as the stub's signal handler sees it; <c>struct mce_watched_map</c> in mce_stub.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct WatchedMap
{
    internal nuint Start;
    internal nuint End;
    internal nuint FirstPage;
    internal ulong* Lines;
    internal byte* Groups;
}
