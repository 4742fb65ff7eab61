namespace CopyMc.Contract.Promises;

/// <summary>A copy to a page that cannot be written ends where the page starts, and reports the destination.</summary>
public sealed unsafe class LatentDestination : IDisposable
{
    private readonly NativeRegion _source = new(Overruns.Longest + 2 * NativeRegion.PageSize);

    public void Dispose() => _source.Dispose();

    public void The_count_is_exact_for_every_short_overrun(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using PoisonedPage page = Prepare(source);
        foreach ((int before, int length) in Overruns.Short())
            RunInto(page, engine, before, length, sourceOffset: (before * 7 + length) % Overruns.Alignments);
    }

    public void The_count_is_exact_at_every_alignment(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using PoisonedPage page = Prepare(source);
        foreach ((int before, int length) in Overruns.Long)
        {
            foreach (int d in Sweep.Alignments)
            {
                foreach (int s in Sweep.Alignments)
                    RunInto(page, engine, before + d, length + d, s);
            }
        }
    }

    public void A_fault_in_the_destination_marks_no_map(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var destination = new PoisonedPage(source, NativeRegion.PageSize, 0);
        var copy = new CopyCase(_source.Pointer, destination.Start - 100, 200);
        Require.Equal(100u, copy.Run(engine, out CopyFault fault));
        Require.Equal(CopySide.Destination, fault.Side);
        Require.Equal(0, destination.Region.Poison.PoisonedLineCount);
        Require.Equal(0, _source.Poison.PoisonedLineCount);
    }

    public void The_nearer_of_two_bad_pages_ends_the_copy(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using PoisonedPage destination = Prepare(source);
        using var from = new PoisonedPage(source);
        foreach ((int before, int length) in Overruns.Long)
        {
            foreach (int farther in Sweep.Alignments.Select(alignment => alignment + 1))
            {
                int nearer = before + 13;
                var copy = new CopyCase(from.Start - nearer - farther, destination.Start - nearer, (nuint)(length + farther));
                Expect(destination, copy, copy.Run(engine, out CopyFault fault), fault, (nuint)nearer);
                from.Region.Poison.Clear(0, from.Region.Length);

                copy = new CopyCase(from.Start - nearer, destination.Start - nearer - farther, (nuint)(length + farther));
                nuint remaining = copy.Run(engine, out fault);
                if (remaining != copy.ByteCount - (nuint)nearer || fault != from.Fault(CopySide.Source, fault.Kind))
                    Require.Fail($"{copy}: {remaining} remain, expected {copy.ByteCount - (nuint)nearer}; {fault}.");
                Check(destination, copy, (nuint)nearer);
                from.Region.Poison.Clear(0, from.Region.Length);
            }
        }
    }

    public void A_copy_that_ends_or_starts_at_the_page_does_not_touch_it(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using PoisonedPage page = Prepare(source);
        foreach (nuint length in Lengths.All)
        {
            foreach (int s in Sweep.Alignments)
            {
                var upTo = new CopyCase(_source.Pointer + s, page.Start - length, length);
                upTo.ExpectStop(engine, length, default);
                Check(page, upTo, length);

                var from = new CopyCase(_source.Pointer + s, page.End, length);
                from.ExpectStop(engine, length, default);
                Require.True(new ReadOnlySpan<byte>(page.End, (int)length).SequenceEqual(_source.Span.Slice(s, (int)length)), from.ToString());
                new Span<byte>(page.End, (int)length).Fill(Pattern.Canary);
            }
        }
    }

    public void A_fault_in_the_destination_is_not_marked_so_that_it_can_be_written_after_healing(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source);
        Pattern.Fill(_source.Span, seed: 5);
        var copy = new CopyCase(_source.Pointer, page.Start - 100, 1000);
        for (int again = 0; again < 3; again++)
        {
            Require.Equal(900u, copy.Run(engine, out CopyFault fault));
            Require.Equal(page.Fault(CopySide.Destination, fault.Kind), fault);
            Require.Equal(900u, copy.Run(engine));
        }
        Require.Equal(0, _source.Poison.PoisonedLineCount);

        PoisonInjector.Heal(page.Region, 0, page.Region.Length, source);
        Require.Equal(0u, copy.Run(engine));
        Require.True(new ReadOnlySpan<byte>(copy.Destination, 1000).SequenceEqual(_source.Span[..1000]));
    }

    private void RunInto(PoisonedPage page, CopyEngine engine, int before, int length, int sourceOffset)
    {
        var copy = new CopyCase(_source.Pointer + sourceOffset, page.Start - before, (nuint)length);
        Expect(page, copy, copy.Run(engine, out CopyFault fault), fault, (nuint)before);
        if (_source.Poison.PoisonedLineCount != 0)
            Require.Fail($"{copy}: lines of the source were marked.");

    }

    private static void Expect(PoisonedPage page, CopyCase copy, nuint remaining, CopyFault fault, nuint prefix)
    {
        if (remaining != copy.ByteCount - prefix || !page.IsKind(fault.Kind) || fault != page.Fault(CopySide.Destination, fault.Kind))
            Require.Fail($"{copy}: {remaining} remain, expected {copy.ByteCount - prefix}; {fault}.");
        Check(page, copy, prefix);
    }

    /// <summary>Checks that the readable part of the destination is the prefix of the source and canary. Then restores the canary.</summary>
    private static void Check(PoisonedPage page, CopyCase copy, nuint prefix)
    {
        const int Margin = 512;
        var written = new Span<byte>(copy.Destination, (int)prefix);
        if (!written.SequenceEqual(new ReadOnlySpan<byte>(copy.Source, (int)prefix)))
            Require.Fail($"{copy}: a byte of the {prefix} copied is wrong.");
        written.Fill(Pattern.Canary);
        if (new ReadOnlySpan<byte>(copy.Destination - Margin, (int)(page.Start - copy.Destination) + Margin).ContainsAnyExcept(Pattern.Canary)
            || new ReadOnlySpan<byte>(page.End, Margin).ContainsAnyExcept(Pattern.Canary))
            Require.Fail($"{copy}: a byte outside the {prefix} copied was written.");
    }

    private PoisonedPage Prepare(PoisonSource source)
    {
        Pattern.Fill(_source.Span, seed: 4);
        var page = new PoisonedPage(source);
        new Span<byte>(page.Region.Pointer, PoisonedPage.Healthy).Fill(Pattern.Canary);
        new Span<byte>(page.End, PoisonedPage.Healthy).Fill(Pattern.Canary);
        return page;
    }
}
