namespace CopyMc.Contract.Promises;

/// <summary>The marks that stop a copy, and those that do not.</summary>
public sealed unsafe class KnownPoison : IDisposable
{
    private const nuint Length = 4 * NativeRegion.PageSize;
    private const nuint Line = PoisonMap.LineSize;

    private readonly NativeRegion _source = new(Length + 2 * NativeRegion.PageSize);
    private readonly CanaryDestination _destination = new(Length);

    public KnownPoison() => Pattern.Fill(_source.Span, seed: 7);

    /// <summary>The offset at which copies start: a page into the region, so that maps can start before it.</summary>
    private byte* Source => _source.Pointer + NativeRegion.PageSize;

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    public void A_map_over_a_part_of_the_source_counts_for_that_part(CopyKernel kernel)
    {
        using var map = new PoisonMap(Source + 6000, 3000);
        map.Mark(0, 3000);
        ExpectPrefix(kernel, 6000 / Line * Line);
    }

    public void A_map_larger_than_the_source_counts_only_inside_it(CopyKernel kernel)
    {
        using var map = new PoisonMap(Source - 4096, Length + 8192);
        map.Mark(4096 - 1);
        map.Mark(4096 + Length);
        ExpectPrefix(kernel, Length);
        map.Mark(4096 + Length - 1);
        ExpectPrefix(kernel, Length - Line);
    }

    public void The_lowest_mark_of_overlapping_maps_counts(CopyKernel kernel)
    {
        using var wide = new PoisonMap(Source, Length);
        using var narrow = new PoisonMap(Source + 1000, 500);
        using var same = new PoisonMap(Source + 1000, 500);
        wide.Mark(9000);
        ExpectPrefix(kernel, 9000 / Line * Line);
        narrow.Mark(499);
        ExpectPrefix(kernel, 1499 / Line * Line);
        same.Mark(100);
        ExpectPrefix(kernel, 1100 / Line * Line);
        wide.Mark(0);
        ExpectPrefix(kernel, 0);
    }

    public void A_line_that_a_map_covers_in_part_counts_whole(CopyKernel kernel)
    {
        // A map of one byte, inside a line.
        using var map = new PoisonMap(Source + 10 * Line + 30, 1);
        map.Mark(0);
        ExpectPrefix(kernel, 10 * Line);

        var inFront = new CopyCase(Source, _destination.Start, 10 * Line + 5);
        inFront.ExpectStop(Engines.Of(kernel), 10 * Line, KnownAt(10 * Line));
        _destination.Check(inFront, 10 * Line);

        var behind = new CopyCase(Source + 10 * Line + 40, _destination.Start, 500);
        behind.ExpectStop(Engines.Of(kernel), 0, KnownAt(10 * Line));
        _destination.Check(behind, 0);
    }

    public void Marks_on_the_destination_do_not_matter(CopyKernel kernel)
    {
        _destination.Region.Poison.Mark(0, _destination.Region.Length);
        ExpectPrefix(kernel, Length);
        Require.Equal(0u, _destination.Region.Poison.FirstPoisoned(0, 1));
    }

    public void A_cleared_line_is_copied_again(CopyKernel kernel)
    {
        _source.Poison.Mark(NativeRegion.PageSize, 3 * Line);
        ExpectPrefix(kernel, 0);
        _source.Poison.Clear(NativeRegion.PageSize, 2 * Line);
        ExpectPrefix(kernel, 2 * Line);
        _source.Poison.Clear(NativeRegion.PageSize + 2 * Line, 1);
        ExpectPrefix(kernel, Length);
    }

    public void A_disposed_map_is_no_longer_honoured(CopyKernel kernel)
    {
        var map = new PoisonMap(Source, Length);
        map.Mark(5000, 100);
        ExpectPrefix(kernel, 5000 / Line * Line);
        map.Dispose();
        ExpectPrefix(kernel, Length);
    }

    public void Copies_of_spans_stop_at_the_mark(CopyKernel kernel)
    {
        _source.Poison.Mark(NativeRegion.PageSize + 3000);
        var copy = new CopyCase(Source, _destination.Start, Length);
        int remaining = Engines.Of(kernel).Copy(new ReadOnlySpan<byte>(Source, (int)Length), new Span<byte>(_destination.Start, (int)Length));
        Require.Equal((int)(Length - 3000 / Line * Line), remaining);
        _destination.Check(copy, 3000 / Line * Line);
    }

    public void Poison_after_several_blocks_stops_the_copy_there(CopyKernel kernel)
    {
        const nuint Block = 2 * 1024 * 1024;
        CopyEngine engine = Engines.Of(kernel);
        using var source = new NativeRegion(2 * Block + Block / 2);
        using var destination = new CanaryDestination(source.Length);
        Pattern.Fill(source.Span, seed: 8);
        foreach (nuint skipped in (ReadOnlySpan<nuint>)[0, 1, 63, 64])
        {
            foreach (nuint poisoned in (ReadOnlySpan<nuint>)[Block - 1, Block, Block + 63, Block + 64, 2 * Block - 65, 2 * Block + 65, source.Length - 1])
            {
                source.Poison.Mark(poisoned);
                var copy = new CopyCase(source.Pointer + skipped, destination.Start + 1, source.Length - skipped);
                nuint line = poisoned / Line * Line;
                copy.ExpectStop(engine, line - skipped, new(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)source.Pointer + line, Line));
                destination.Check(copy, line - skipped);
                source.Poison.Clear(poisoned, 1);
            }
        }
    }

    /// <summary>A copy of the whole source stops after <paramref name="prefix"/> bytes, with every overload.</summary>
    private void ExpectPrefix(CopyKernel kernel, nuint prefix)
    {
        CopyEngine engine = Engines.Of(kernel);
        var copy = new CopyCase(Source, _destination.Start, Length);
        copy.ExpectStop(engine, prefix, prefix == Length ? default : KnownAt(prefix));
        _destination.Check(copy, prefix);
        Require.Equal(Length - prefix, copy.Run(engine));
        _destination.Check(copy, prefix);
    }

    private CopyFault KnownAt(nuint offset) => new(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)Source + offset, PoisonMap.LineSize);
}
