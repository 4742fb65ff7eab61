using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary><c>struct copymc_fault</c> in copymc.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeFault
{
    internal ulong Address;
    internal ulong Extent;
    internal int Kind;
    internal int Side;
    internal uint WrittenBeyond;
    internal uint Reserved;

    internal static NativeFault Of(CopyFault fault) => new()
    {
        Address = fault.Address,
        Extent = fault.Extent,
        Kind = (int)fault.Kind,
        Side = (int)fault.Side,
        WrittenBeyond = fault.WrittenBeyond ? 1u : 0,
    };
}
