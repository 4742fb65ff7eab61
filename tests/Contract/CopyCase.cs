namespace CopyMc.Contract;

/// <summary>One copy: source, destination and length. It is described only when it fails.</summary>
internal readonly unsafe struct CopyCase(byte* source, byte* destination, nuint byteCount)
{
    internal byte* Source { get; } = source;

    internal byte* Destination { get; } = destination;

    internal nuint ByteCount { get; } = byteCount;

    internal nuint Run(CopyEngine engine) => engine.Copy(Source, Destination, ByteCount);

    internal nuint Run(CopyEngine engine, out CopyFault fault) => engine.Copy(Source, Destination, ByteCount, out fault);

    /// <summary>Fails unless exactly <paramref name="expectedFault"/> stopped the copy after <paramref name="expectedPrefix"/> bytes.</summary>
    internal void ExpectStop(CopyEngine engine, nuint expectedPrefix, CopyFault expectedFault)
    {
        nuint remaining = Run(engine, out CopyFault fault);
        if (remaining != ByteCount - expectedPrefix || fault != expectedFault)
            Require.Fail($"{this}: {remaining} remain, expected {ByteCount - expectedPrefix}; {fault}, expected {expectedFault}.");
    }

    public override string ToString() =>
        $"{ByteCount} bytes from page + {(nuint)Source % NativeRegion.PageSize} to page + {(nuint)Destination % NativeRegion.PageSize}";
}
