using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// A machine check in the load of one of our kernels that meets a bad line (SRAR). The kernel tells only in which page: how much was copied
/// must come from the copy's own registers.
/// </summary>
/// <param name="kernel">The name of the copy kernel.</param>
/// <param name="turn">Bytes that it copies at a time: so many before the bad line at most are not counted.</param>
/// <param name="place">Where the copy starts and what is bad.</param>
internal sealed unsafe class StruckCopy(string kernel, int turn, BadLine place)
{
    private const int Pages = 6, BadPage = 2, LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    internal static IReadOnlyList<Promise> Promises { get; } =
    [
        .. from kernel in new (string Name, int Turn)[] { ("native-rep-movsb", 1), ("native-avx2", 128), ("native-avx2-streaming", 128) }
           from place in BadLine.All
           select new Promise(
               $"{nameof(StruckCopy)}: A machine check in the middle of it ends {kernel.Name} with a right count, {place.Name}", null,
               new StruckCopy(kernel.Name, kernel.Turn, place).StopsRight),
    ];

    private void StopsRight()
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

        (nuint instruction, nuint reached) = Injector.AwaitStrike();
        Require.True(instruction - function < StubFunction.MostBytes);
        Require.Equal(corrupted + NativeRegion.PageSize / 1024, RealPoison.HardwareCorrupted);
        // Exact to the page: where the loop's turn began before it, the handler finishes what lies before it.
        nuint prefix = length - remaining;
        Require.Equal(nuint.Max(reached, nuint.Min((nuint)page, (nuint)bad)) - (nuint)start, prefix);
        Require.True((nuint)bad - (nuint)start - prefix < (nuint)turn);
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
