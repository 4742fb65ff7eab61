namespace CopyMc.Contract.Promises;

/// <summary>A salvage continues past any number of pages with hardware poison.</summary>
public sealed unsafe class ManyPages
{
    private const int Pages = 2048, Lost = 100;

    public void All_but_a_hundred_lost_pages_are_copied_and_the_lost_ones_fault_in_the_destination(CopyKernel kernel, PoisonedFrames frames, bool lookAhead)
    {
        using var region = new NativeRegion(Pages * (nuint)NativeRegion.PageSize);
        using var destination = new NativeRegion(region.Length);
        Pattern.Fill(region.Span, seed: 21);
        byte[] pattern = region.Span.ToArray();
        var random = new Random(22);
        var lost = new SortedSet<int>();
        while (lost.Count < Lost)
            lost.Add(random.Next(Pages));
        foreach (int page in lost)
            frames.Inject(region, OffsetOf(page));

        CopyEngine engine = Engines.Of(kernel);
        SalvageResult result = engine.Salvage(region.Pointer, destination.Pointer, region.Length,
            new SalvageOptions { Propagation = PoisonPropagation.Fault, LookAhead = lookAhead });

        Require.Equal(null, result.PropagationFailure);
        Require.Equal(region.Length, result.ProcessedBytes);
        Require.Equal(Lost * (nuint)NativeRegion.PageSize, result.LostBytes);
        Require.True(lost.SetEquals(result.Lost.SelectMany(PagesOf)));
        // Clears the marks, or no copy would access the pages.
        destination.Poison.Clear(0, destination.Length);
        using var probe = new NativeRegion(NativeRegion.PageSize);
        for (int page = 0; page < Pages; page++)
        {
            nuint remaining = engine.Copy(destination.Pointer + OffsetOf(page), probe.Pointer, NativeRegion.PageSize, out CopyFault fault);
            var expected = lost.Contains(page)
                ? new CopyFault(CopyFaultKind.MachineCheck, CopySide.Source, (nuint)destination.Pointer + OffsetOf(page), NativeRegion.PageSize)
                : default;
            Require.Equal(expected, fault);
            Require.Equal(lost.Contains(page) ? NativeRegion.PageSize : (nuint)0, remaining);
            if (!lost.Contains(page))
                Require.True(probe.Span.SequenceEqual(pattern.AsSpan((int)OffsetOf(page), NativeRegion.PageSize)), $"page {page} is unchanged");
        }
        frames.Heal(region, 0, region.Length);
    }

    private static nuint OffsetOf(int page) => (nuint)page * NativeRegion.PageSize;

    private static IEnumerable<int> PagesOf(LostRange range) =>
        Enumerable.Range((int)(range.Offset / NativeRegion.PageSize), (int)(range.Length / NativeRegion.PageSize));
}
