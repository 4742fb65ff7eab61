using CopyMc.Engine.Tests.Copying;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>What one fault teaches the maps.</summary>
public sealed unsafe class LearningTests : IDisposable
{
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    private readonly NativeRegion _destination = new(4 * NativeRegion.PageSize);

    public void Dispose() => _destination.Dispose();

    [Theory]
    [ClassData(typeof(EveryLatentPoison))]
    public void Every_map_that_covers_a_part_of_the_lost_page_learns_that_part(string kernel, PoisonSource source)
    {
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        using var around = new PoisonMap(page.Region.Pointer, page.Region.Length);
        using var start = new PoisonMap(page.Start - 1024, 2048);
        using var end = new PoisonMap(page.End - 100, 200);
        using var before = new PoisonMap(page.Start - 64, 64);
        using var after = new PoisonMap(page.End, 64);

        Assert.Equal(NativeRegion.PageSize, (int)Engines.Of(kernel).Copy(page.Start - 512, _destination.Pointer, NativeRegion.PageSize + 512));

        Assert.Equal(LinesOfPage, page.Region.Poison.PoisonedLineCount);
        Assert.Equal(LinesOfPage, around.PoisonedLineCount);
        Assert.Equal(1024 / PoisonMap.LineSize, start.PoisonedLineCount);
        Assert.Equal(1024u, start.FirstPoisoned(0, 2048));
        // The last hundred bytes of the page touch two lines.
        Assert.Equal(2, end.PoisonedLineCount);
        Assert.Equal(100u, end.FirstPoisoned(0, 200) + (nuint)100);
        Assert.False(end.IsPoisoned(100));
        Assert.Equal(0, before.PoisonedLineCount);
        Assert.Equal(0, after.PoisonedLineCount);
    }

    [Theory]
    [ClassData(typeof(EveryLatentPoison))]
    public void Memory_that_no_map_covers_faults_every_time(string kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        page.Region.Poison.Dispose();
        for (int again = 0; again < 3; again++)
        {
            Assert.Equal(1000u, engine.Copy(page.Start - 24, _destination.Pointer, 1024, out CopyFault fault));
            Assert.Equal(page.Fault(CopySide.Source, fault.Kind), fault);
            Assert.NotEqual(CopyFaultKind.KnownPoison, fault.Kind);
        }
    }

    [Theory]
    [ClassData(typeof(EveryLatentPoison))]
    public void Known_poison_before_the_lost_page_is_what_ends_the_copy(string kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        nuint line = (nuint)page.Start - 3 * PoisonMap.LineSize;
        page.Region.Poison.Mark(line - (nuint)page.Region.Pointer);

        Assert.Equal(1024u - 320, engine.Copy(page.Start - 512, _destination.Pointer, 1024, out CopyFault fault));

        Assert.Equal(new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, line, PoisonMap.LineSize), fault);
        Assert.Equal(1, page.Region.Poison.PoisonedLineCount);
    }

    [Theory]
    [ClassData(typeof(EveryLatentPoison))]
    public void Healed_memory_is_copied_whole(string kernel, PoisonSource source)
    {
        CopyEngine engine = Engines.Of(kernel);
        using var page = new PoisonedPage(source, NativeRegion.PageSize, NativeRegion.PageSize);
        var copy = new CopyCase(page.Start - 512, _destination.Pointer, NativeRegion.PageSize + 1024);
        Assert.NotEqual(0u, copy.Run(engine));

        PoisonInjector.Heal(page.Region, NativeRegion.PageSize, NativeRegion.PageSize, source);
        Pattern.Fill(page.Region.Span, seed: 6);

        copy.ExpectStop(engine, copy.ByteCount, default);
        Assert.True(new ReadOnlySpan<byte>(copy.Source, (int)copy.ByteCount).SequenceEqual(_destination.Span[..(int)copy.ByteCount]));
    }
}
