using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary><c>struct mce_handler_state</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct HandlerRecord
{
    internal readonly HandlerPosition Position;
    internal readonly int Clients;
    internal readonly nint Function;
}
