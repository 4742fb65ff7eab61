using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in a load of one of CopyMc's kernels that reads a bad line (SRAR). Linux reports only the page, so the count must come from
/// the copy's registers.
/// </summary>
/// <param name="kernel">The name of the copy kernel.</param>
/// <param name="bytesPerIteration">Bytes that an iteration copies: at most this many before the bad line are not counted.</param>
/// <param name="place">The bad line and the start of the copy.</param>
internal sealed unsafe class CopyMachineCheck(string kernel, int bytesPerIteration, BadLine place)
{
    private const int Pages = 6, BadPage = 2, LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from kernel in new (string Name, int BytesPerIteration)[] { ("native-rep-movsb", 1), ("native-avx2", 128), ("native-avx2-streaming", 128) }
           from place in BadLine.All
           select new Promise(
               $"{nameof(CopyMachineCheck)}: {kernel.Name} returns the right count after a machine check {place.Name}", null,
               new CopyMachineCheck(kernel.Name, kernel.BytesPerIteration, place).ReturnsRightCount),
    ];

    private void ReturnsRightCount()
    {
        CopyEngine engine = Engines.Of(kernel);
        using var source = new NativeRegion(Pages * NativeRegion.PageSize);
        using var destination = new NativeRegion(Pages * NativeRegion.PageSize);
        Pattern.Fill(source.Span, seed: 12);
        byte[] expected = source.Span.ToArray();
        destination.Span.Fill(Pattern.Canary);
        byte* page = source.Pointer + BadPage * NativeRegion.PageSize, bad = page + place.Offset, start = page + place.Start;
        nuint length = (nuint)(source.Pointer + source.Length - start);
        nuint function = StubFunction.AddressOf(kernel);
        long corrupted = RealPoison.HardwareCorrupted;

        Injector.ArmActionRequired(function, (nuint)bad, Physical.AddressOf(bad));
        nuint remaining = engine.Copy(start, destination.Pointer, length, out CopyFault fault);

        (nuint instruction, nuint reached) = Injector.AwaitMachineCheck();
        Require.True(instruction - function < StubFunction.MostBytes);
        Require.Equal(corrupted + NativeRegion.PageSize / 1024, RealPoison.HardwareCorrupted);
        // If the iteration began before the page, the handler copies the bytes before it.
        nuint prefix = length - remaining;
        Require.Equal(nuint.Max(reached, nuint.Min((nuint)page, (nuint)bad)) - (nuint)start, prefix);
        Require.True((nuint)bad - (nuint)start - prefix < (nuint)bytesPerIteration);
        Require.Equal(new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)page, NativeRegion.PageSize), fault);
        Require.True(destination.Span[..(int)prefix].SequenceEqual(expected.AsSpan((int)(start - source.Pointer), (int)prefix)));
        Require.Equal(-1, destination.Span[(int)prefix..].IndexOfAnyExcept(Pattern.Canary));

        Require.Equal(LinesOfPage, source.Poison.PoisonedLineCount);
        Require.Equal((nuint)(page - source.Pointer), source.Poison.FirstPoisoned(0, source.Length));
        _ = engine.Copy(start, destination.Pointer, length, out CopyFault known);
        Require.Equal(CopyFaultKind.KnownPoison, known.Kind);

        PoisonInjector.Heal(source, (nuint)(page - source.Pointer), NativeRegion.PageSize, PoisonSource.HwPoison);
        Pattern.Fill(source.Span, seed: 13);
        Require.Equal(0u, engine.Copy(source.Pointer, destination.Pointer, source.Length));
        Require.True(source.Span.SequenceEqual(destination.Span));
    }
}
