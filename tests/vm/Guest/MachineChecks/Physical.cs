using CopyMc.Contract;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Guest.MachineChecks;

/// <summary>Physical addresses of memory (Documentation/admin-guide/mm/pagemap.rst).</summary>
internal static unsafe class Physical
{
    private const ulong PresentBit = 1UL << 63, FrameMask = (1UL << 55) - 1;

    /// <summary>The physical address of a byte of this process, which is mapped.</summary>
    internal static ulong AddressOf(void* address)
    {
        ulong? physical = MappedAddressOf(address);
        Require.True(physical is not null);
        return physical!.Value;
    }

    /// <summary>The same; null if the page is not mapped now.</summary>
    internal static ulong? MappedAddressOf(void* address)
    {
        ulong page = (nuint)address / NativeRegion.PageSize, offset = (nuint)address % NativeRegion.PageSize;
        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        using SafeFileHandle file = File.OpenHandle("/proc/self/pagemap");
        Require.Equal(sizeof(ulong), RandomAccess.Read(file, entry, (long)page * sizeof(ulong)));
        ulong value = BitConverter.ToUInt64(entry);
        if ((value & PresentBit) == 0)
            return null;
        Require.NotEqual(0u, value & FrameMask);
        return (value & FrameMask) * NativeRegion.PageSize + offset;
    }
}
