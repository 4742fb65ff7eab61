namespace CopyMc.Contract.Promises;

/// <summary>A copy that runs into latent poison ends exactly there, and marks the page.</summary>
public sealed unsafe class LatentPoison : IDisposable
{
    private readonly CanaryDestination _destination = new(Overruns.Longest + Lengths.Alignments);

    public void Dispose() => _destination.Dispose();

    public void The_count_is_exact_for_every_short_overrun(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source);
        foreach ((int before, int length) in Overruns.Short())
            RunInto(page, engine, before, length, destinationOffset: (before * 7 + length) % Overruns.Alignments);
    }

    public void The_count_is_exact_at_every_alignment(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source);
        foreach ((int before, int length) in Overruns.Long)
        {
            foreach (int s in Sweep.Alignments)
            {
                foreach (int d in Sweep.Alignments)
                    RunInto(page, engine, before + s, length + s, d);
            }
        }
    }

    public void A_copy_that_starts_in_the_page_copies_nothing(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source);
        foreach (int inside in (ReadOnlySpan<int>)[0, 1, 63, 64, 65, 2048, 4032, 4095])
        {
            foreach (int length in Lengths.All.Where(length => length != 0))
            {
                var copy = new CopyCase(page.Start + inside, _destination.Start + inside % Overruns.Alignments, (nuint)length);
                ExpectFault(page, copy, copy.Run(engine, out CopyFault fault), fault, prefix: 0);
                ExpectLearned(page, engine, copy, prefix: 0);
            }
        }
    }

    public void A_copy_that_ends_or_starts_at_the_page_does_not_touch_it(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source);
        foreach (nuint length in Lengths.All)
        {
            foreach (int d in Sweep.Alignments)
            {
                var upTo = new CopyCase(page.Start - length, _destination.Start + d, length);
                upTo.ExpectStop(engine, length, default);
                _destination.Check(upTo, length);

                var from = new CopyCase(page.End, _destination.Start + d, length);
                from.ExpectStop(engine, length, default);
                _destination.Check(from, length);
            }
        }
    }

    private void RunInto(PoisonedPage page, CopyEngine engine, int before, int length, int destinationOffset)
    {
        var copy = new CopyCase(page.Start - before, _destination.Start + destinationOffset, (nuint)length);
        // Both overloads must recover and mark the page.
        if ((before + destinationOffset) % 2 == 0)
            ExpectFault(page, copy, copy.Run(engine, out CopyFault fault), fault, (nuint)before);
        else if (copy.Run(engine) is nuint remaining && remaining != (nuint)(length - before))
            Require.Fail($"{copy}: {remaining} remain, expected {length - before}.");
        _destination.Check(copy, (nuint)before);
        ExpectLearned(page, engine, copy, (nuint)before);
        _destination.Check(copy, (nuint)before);
    }

    private static void ExpectFault(PoisonedPage page, CopyCase copy, nuint remaining, CopyFault fault, nuint prefix)
    {
        if (remaining != copy.ByteCount - prefix || !page.IsKind(fault.Kind) || fault != page.Fault(CopySide.Source, fault.Kind))
            Require.Fail($"{copy}: {remaining} remain, expected {copy.ByteCount - prefix}; {fault}.");
    }

    /// <summary>Checks that the map has exactly the whole page and that a copy stops there without a signal. Then clears the map.</summary>
    private static void ExpectLearned(PoisonedPage page, CopyEngine engine, CopyCase copy, nuint prefix)
    {
        if (page.Region.Poison.PoisonedLineCount != NativeRegion.PageSize / PoisonMap.LineSize)
            Require.Fail($"{copy}: {page.Region.Poison.PoisonedLineCount} lines were marked.");
        copy.ExpectStop(engine, prefix, page.Known((nuint)copy.Source));
        page.Region.Poison.Clear(0, page.Region.Length);
    }
}
