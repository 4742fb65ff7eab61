using System.Buffers.Binary;

namespace CopyMc.Injector;

/// <summary>The x86-64 registers of a copy, from the debugger stub's packet with all registers.</summary>
internal readonly struct Registers(byte[] packet)
{
    internal ulong Rdx => At(3);

    internal ulong Rsi => At(4);

    internal ulong Rip => At(16);

    private ulong At(int index) => BinaryPrimitives.ReadUInt64LittleEndian(packet.AsSpan(index * sizeof(ulong)));
}
