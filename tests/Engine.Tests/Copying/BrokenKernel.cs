namespace CopyMc.Engine.Tests.Copying;

/// <summary>Kernels that are wrong by one byte at only two lengths. The tests of kernels must fail with them.</summary>
public sealed unsafe class BrokenKernel : TheoryData<string>
{
    private const nuint ShortLength = 193;
    private const nuint LongLength = 32_123 * PoisonMap.LineSize;

    private static readonly CopyKernel[] s_all =
    [
        new("one too many", "none", true, &OneTooMany),
        new("one too few", "none", true, &OneTooFew),
        new("one skipped", "none", true, &OneSkipped),
        new("one before", "none", true, &OneBefore),
    ];

    /// <summary>Lists their names.</summary>
    public BrokenKernel()
    {
        foreach (CopyKernel kernel in s_all)
            Add(kernel.Name);
    }

    internal static CopyKernel Find(string name) => s_all.Single(kernel => kernel.Name == name);

    private static bool IsWrongAt(nuint byteCount) => byteCount is ShortLength or LongLength;

    private static nuint OneTooMany(byte* source, byte* destination, nuint byteCount)
    {
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        if (IsWrongAt(byteCount))
            destination[byteCount] = source[byteCount];
        return 0;
    }

    private static nuint OneTooFew(byte* source, byte* destination, nuint byteCount)
    {
        nuint copied = IsWrongAt(byteCount) ? byteCount - 1 : byteCount;
        Buffer.MemoryCopy(source, destination, copied, copied);
        return 0;
    }

    private static nuint OneSkipped(byte* source, byte* destination, nuint byteCount)
    {
        byte before = byteCount != 0 ? destination[byteCount / 2] : (byte)0;
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        if (IsWrongAt(byteCount))
            destination[byteCount / 2] = before;
        return 0;
    }

    private static nuint OneBefore(byte* source, byte* destination, nuint byteCount)
    {
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        if (IsWrongAt(byteCount))
            destination[-1] = source[0];
        return 0;
    }
}
