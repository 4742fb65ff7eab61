using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>What the stub's handler writes about a fault; <c>struct mce_fault</c> in mce_stub.h. Valid only after a count other than 0.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FaultRecord
{
    internal nuint Address;
    internal nuint Extent;
    internal nuint Remaining;
    internal int Signal;
    internal int Code;
    internal int Side;
    internal int Reserved;
}
