using CopyMc.Engine.Tests.Poison;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>Disposed maps and regions throw, and nothing changes them.</summary>
public sealed unsafe class DisposedTests
{
    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void A_disposed_map_throws_except_when_disposed_again(string registry)
    {
        var map = new PoisonMap(EveryRegistry.Of(registry), (void*)0x10000, 4096);
        map.Mark(0, 4096);
        map.Dispose();
        map.Dispose();
        Assert.Throws<ObjectDisposedException>(() => map.Mark(0));
        Assert.Throws<ObjectDisposedException>(() => map.Mark(4097));
        Assert.Throws<ObjectDisposedException>(() => map.Clear(0, 1));
        Assert.Throws<ObjectDisposedException>(() => map.IsPoisoned(0));
        Assert.Throws<ObjectDisposedException>(() => map.FirstPoisoned(0, 1));
        Assert.Throws<ObjectDisposedException>(() => map.PoisonedLineCount);
    }

    [Fact]
    public void A_disposed_region_throws_except_when_disposed_again()
    {
        var region = new NativeRegion(4096);
        PoisonMap map = region.Poison;
        region.Dispose();
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = region.Pointer; });
        Assert.Throws<ObjectDisposedException>(() => { _ = region.Span; });
        Assert.Throws<ObjectDisposedException>(() => region.Poison);
        Assert.Throws<ObjectDisposedException>(() => map.IsPoisoned(0));
    }

    [Theory]
    [InlineData(PoisonSource.Bitmap)]
    [InlineData(PoisonSource.TruncatedMapping)]
    [InlineData(PoisonSource.UffdPoison)]
    [InlineData(PoisonSource.HwPoison)]
    public void A_disposed_region_is_neither_poisoned_nor_healed(PoisonSource source)
    {
        var region = new NativeRegion(4096);
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => PoisonInjector.Inject(region, 0, source));
        Assert.Throws<ObjectDisposedException>(() => PoisonInjector.Heal(region, 0, 4096, source));
    }

    /// <summary>Disposing clears the marks for every copy.</summary>
    [Fact]
    public void Disposing_the_last_map_with_poison_leaves_no_poison()
    {
        Assert.Equal(0, PoisonGate.Instance->PoisonedLines);
        using (var region = new NativeRegion(1_000_000))
        {
            region.Poison.Mark(0, 1_000_000);
            using var overlapping = new PoisonMap(region.Pointer + 100, 5000);
            overlapping.Mark(17, 4000);
            Assert.NotEqual(0, PoisonGate.Instance->PoisonedLines);
        }
        Assert.Equal(0, PoisonGate.Instance->PoisonedLines);
    }
}
