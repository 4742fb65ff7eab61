using System.Buffers.Binary;

namespace CopyMc.Injector;

/// <summary>The registers of an x86-64 CPU that matter to a copy, out of the debugger stub's packet of all.</summary>
internal readonly struct Registers(byte[] packet)
{
    internal ulong Rdx => At(3);

    internal ulong Rsi => At(4);

    internal ulong Rip => At(16);

    private ulong At(int index) => BinaryPrimitives.ReadUInt64LittleEndian(packet.AsSpan(index * sizeof(ulong)));
}
