using System.Buffers.Binary;

namespace CopyMc.Injector;

/// <summary>Decodes the loads of the copy loops, which all read through RSI, to find the bytes that an instruction will read.</summary>
internal static class PendingLoad
{
    internal const int LongestInstruction = 15;

    private const int Word = 8, Vector = 32;

    // The low bits of a ModRM byte that select RSI; the high two give the length of the displacement (Intel SDM volume 2, table 2-2).
    private const int RsiBase = 6, BaseMask = 7, ModShift = 6;

    internal static bool Reads(ReadOnlySpan<byte> instruction, ulong rsi, ulong address) => instruction switch
    {
        // rep movsb
        [0xf3, 0xa4, ..] => rsi == address,
        // rep movsq
        [0xf3, 0x48, 0xa5, ..] => Covers(rsi, address, Word),
        // vmovdqu displacement(%rsi), %ymm
        [0xc5, 0x7e or 0xfe, 0x6f, byte modRm, .. var rest] when (modRm & BaseMask) == RsiBase => (modRm >> ModShift) switch
        {
            0 => Covers(rsi, address, Vector),
            1 => Covers(rsi + (ulong)(sbyte)rest[0], address, Vector),
            2 => Covers(rsi + (ulong)BinaryPrimitives.ReadInt32LittleEndian(rest), address, Vector),
            _ => false,
        },
        _ => false,
    };

    private static bool Covers(ulong start, ulong address, int bytes) => address - start < (ulong)bytes;
}
