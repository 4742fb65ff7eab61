namespace CopyMc.Contract.Promises;

/// <summary>The marks that one fault adds to the maps.</summary>
public sealed unsafe class Learning : IDisposable
{
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    private readonly NativeRegion _destination = new(4 * NativeRegion.PageSize);

    public void Dispose() => _destination.Dispose();

    public void Every_map_that_covers_a_part_of_the_lost_page_marks_that_part(CopyKernel kernel, PoisonSource source)
    {
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        using var around = new PoisonMap(page.Region.Pointer, page.Region.Length);
        using var start = new PoisonMap(page.Start - 1024, 2048);
        using var end = new PoisonMap(page.End - 100, 200);
        using var before = new PoisonMap(page.Start - 64, 64);
        using var after = new PoisonMap(page.End, 64);

        Require.Equal(NativeRegion.PageSize, (int)Engines.Of(kernel).Copy(page.Start - 512, _destination.Pointer, NativeRegion.PageSize + 512));

        Require.Equal(LinesOfPage, page.Region.Poison.PoisonedLineCount);
        Require.Equal(LinesOfPage, around.PoisonedLineCount);
        Require.Equal(1024 / PoisonMap.LineSize, start.PoisonedLineCount);
        Require.Equal(1024u, start.FirstPoisoned(0, 2048));
        // The last hundred bytes of the page touch two lines.
        Require.Equal(2, end.PoisonedLineCount);
        Require.Equal(100u, end.FirstPoisoned(0, 200) + (nuint)100);
        Require.False(end.IsPoisoned(100));
        Require.Equal(0, before.PoisonedLineCount);
        Require.Equal(0, after.PoisonedLineCount);
    }

    public void Memory_that_no_map_covers_faults_every_time(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        page.Region.Poison.Dispose();
        for (int again = 0; again < 3; again++)
        {
            Require.Equal(1000u, engine.Copy(page.Start - 24, _destination.Pointer, 1024, out CopyFault fault));
            Require.Equal(page.Fault(CopySide.Source, fault.Kind), fault);
            Require.NotEqual(CopyFaultKind.KnownPoison, fault.Kind);
        }
    }

    public void Known_poison_before_the_lost_page_ends_the_copy(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        nuint line = (nuint)page.Start - 3 * PoisonMap.LineSize;
        page.Region.Poison.Mark(line - (nuint)page.Region.Pointer);

        Require.Equal(1024u - 320, engine.Copy(page.Start - 512, _destination.Pointer, 1024, out CopyFault fault));

        Require.Equal(new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, line, PoisonMap.LineSize), fault);
        Require.Equal(1, page.Region.Poison.PoisonedLineCount);
    }

    public void Healed_memory_is_copied_whole(CopyKernel kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        var copy = new CopyCase(page.Start - 512, _destination.Pointer, NativeRegion.PageSize + 1024);
        Require.NotEqual(0u, copy.Run(engine));

        PoisonInjector.Heal(page.Region, NativeRegion.PageSize, NativeRegion.PageSize, source);
        Pattern.Fill(page.Region.Span, seed: 6);

        copy.ExpectStop(engine, copy.ByteCount, default);
        Require.True(new ReadOnlySpan<byte>(copy.Source, (int)copy.ByteCount).SequenceEqual(_destination.Span[..(int)copy.ByteCount]));
    }
}
