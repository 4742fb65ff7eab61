using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>Binds memory to a NUMA node, with mbind(2).</summary>
internal static unsafe class MemoryNode
{
    // <linux/mempolicy.h>: MPOL_BIND. The kernel has at most 2^CONFIG_NODES_SHIFT nodes, and that is at most 10.
    private const int Bind = 2, End = 1024;

    private static nint SyscallNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 235 : 237;

    /// <summary>Makes the kernel take the pages of a range that nobody has touched from one node alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such node, or the process may not use its memory.</exception>
    /// <exception cref="PlatformNotSupportedException">The kernel has no NUMA policies or refuses them.</exception>
    internal static void BindTo(int node, byte* start, nuint length)
    {
        ulong* mask = stackalloc ulong[End / 64];
        new Span<ulong>(mask, End / 64).Clear();
        if (node is >= 0 and < End)
            mask[node / 64] = 1ul << (node % 64);
        // The kernel takes one bit less than it is told; an empty mask is invalid.
        if (Libc.BindMemory(SyscallNumber, start, length, Bind, mask, End + 1, 0) == 0)
            return;
        throw Marshal.GetLastPInvokeError() == Libc.Einval
            ? new ArgumentOutOfRangeException(nameof(node), node, $"NUMA node {node} has no memory that this process may use.")
            : new PlatformNotSupportedException($"A region of a NUMA node needs mbind, and this kernel says: {Libc.LastErrorMessage()}.");
    }
}
