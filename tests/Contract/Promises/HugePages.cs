namespace CopyMc.Contract.Promises;

/// <summary>Copies of 2 MiB and more with one lost page.</summary>
public sealed unsafe class HugePages : IDisposable
{
    private const nuint HugePage = NativeRegion.HugePageSize;

    private readonly CanaryDestination _destination = new(HugePage + 2 * NativeRegion.PageSize);

    public void Dispose() => _destination.Dispose();

    public void The_first_page_is_lost(CopyKernel kernel, PoisonSource source) => LosePage(kernel, source, 0);

    public void A_page_in_the_middle_is_lost(CopyKernel kernel, PoisonSource source) => LosePage(kernel, source, HugePage / 2 - NativeRegion.PageSize);

    public void The_last_page_is_lost(CopyKernel kernel, PoisonSource source) => LosePage(kernel, source, HugePage - NativeRegion.PageSize);

    /// <summary>
    /// If the addresses of source and destination are equal modulo 4096, memmove may copy backward: a fault in the last page then comes first,
    /// and shows nothing about the others. A copy that counts must not copy backward.
    /// </summary>
    public void The_last_page_is_lost_with_equal_addresses_modulo_4096(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, HugePage - NativeRegion.PageSize, 0);
        for (nuint both = 0; both < NativeRegion.PageSize; both += 113 * (nuint)Sweep.Step(9))
            RunInto(page, engine, both, both);
    }

    public void A_page_after_several_blocks_is_lost(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, 5 * HugePage / 2, HugePage / 2);
        using var destination = new CanaryDestination(page.Region.Length);
        foreach (nuint skipped in (ReadOnlySpan<nuint>)[0, 1, 4095])
        {
            var copy = new CopyCase(page.Region.Pointer + skipped, destination.Start + 7, page.Region.Length - skipped);
            nuint prefix = 5 * HugePage / 2 - skipped;
            ExpectFault(page, copy, copy.Run(engine, out CopyFault fault), fault, prefix);
            destination.Check(copy, prefix);
            copy.ExpectStop(engine, prefix, page.Known(0));
            destination.Check(copy, prefix);
            page.Region.Poison.Clear(0, page.Region.Length);
        }
    }

    private void LosePage(CopyKernel kernel, PoisonSource source, nuint pageOffset)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, pageOffset, HugePage - NativeRegion.PageSize - pageOffset);
        foreach (int s in Sweep.Alignments)
            RunInto(page, engine, (nuint)s, (nuint)s * 29 % Lengths.Alignments);
    }

    private void RunInto(PoisonedPage page, CopyEngine engine, nuint sourceOffset, nuint destinationOffset)
    {
        var copy = new CopyCase(page.Region.Pointer + sourceOffset, _destination.Start + destinationOffset, HugePage - sourceOffset);
        nuint prefix = copy.Source < page.Start ? (nuint)(page.Start - copy.Source) : 0;
        ExpectFault(page, copy, copy.Run(engine, out CopyFault fault), fault, prefix);
        _destination.Check(copy, prefix);
        copy.ExpectStop(engine, prefix, page.Known((nuint)copy.Source));
        _destination.Check(copy, prefix);
        page.Region.Poison.Clear(0, page.Region.Length);
    }

    private static void ExpectFault(PoisonedPage page, CopyCase copy, nuint remaining, CopyFault fault, nuint prefix)
    {
        if (remaining != copy.ByteCount - prefix || !page.IsKind(fault.Kind) || fault != page.Fault(CopySide.Source, fault.Kind))
            Require.Fail($"{copy}: {remaining} remain, expected {copy.ByteCount - prefix}; {fault}.");
    }
}
