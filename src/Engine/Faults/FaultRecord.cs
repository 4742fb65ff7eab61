using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>A fault as the stub reports it; <c>struct mce_fault</c> in mce_stub.h. Valid only after a nonzero count.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FaultRecord
{
    internal nuint Address;
    internal nuint Extent;
    internal nuint Remaining;
    internal int Signal;
    internal int Code;
    internal int Side;
    internal FaultRecordKind Kind;
    internal ushort WrittenBeyond;

    internal readonly CopyFault ToFault() => new((CopyFaultKind)Kind, (CopySide)Side, Address, Extent, WrittenBeyond != 0);
}
