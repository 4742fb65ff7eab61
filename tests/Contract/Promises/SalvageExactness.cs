namespace CopyMc.Contract.Promises;

/// <summary>A salvage copies everything but the lost pages.</summary>
public sealed unsafe class SalvageExactness
{
    private const int Pages = 12;

    public void Everything_but_the_lost_pages_is_copied(CopyKernel kernel, PoisonSource source, bool lookAhead)
    {
        using var region = new NativeRegion(Pages * NativeRegion.PageSize);
        using var destination = new NativeRegion(Pages * NativeRegion.PageSize);
        Pattern.Fill(region.Span, seed: 17);
        byte[] expected = region.Span.ToArray();
        foreach (int page in (ReadOnlySpan<int>)[2, 3, 7, Pages - 1])
        {
            PoisonInjector.Inject(region, (nuint)page * NativeRegion.PageSize, source);
            expected.AsSpan(page * NativeRegion.PageSize, NativeRegion.PageSize).Fill(0xEE);
        }

        SalvageResult result = Engines.Of(kernel).Salvage(region.Pointer, destination.Pointer, region.Length,
            new SalvageOptions { Fill = SalvageFill.Pattern, Pattern = 0xEE, LookAhead = lookAhead });

        LostRange[] lost = [new(2 * NativeRegion.PageSize, 2 * NativeRegion.PageSize), new(7 * NativeRegion.PageSize, NativeRegion.PageSize),
            new((Pages - 1) * NativeRegion.PageSize, NativeRegion.PageSize)];
        Require.True(result.Lost.SequenceEqual(lost));
        Require.Equal(8u * NativeRegion.PageSize, result.CopiedBytes);
        Require.True(expected.AsSpan().SequenceEqual(destination.Span));
        Require.Equal(4 * NativeRegion.PageSize / PoisonMap.LineSize, region.Poison.PoisonedLineCount);
    }
}
