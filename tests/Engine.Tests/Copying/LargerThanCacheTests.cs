using CopyMc.Engine.Tests.Faults;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>A copy larger than the last-level cache may use another kernel, and keeps the contract.</summary>
public sealed unsafe class LargerThanCacheTests : IDisposable
{
    /// <summary>Bytes in such a copy here; any long copy where streaming is never faster.</summary>
    private static readonly nuint s_length = nuint.Min(CopyTuning.Current.StreamsFrom, 96u << 20) + 12_345;

    private readonly NativeRegion _source = new(s_length, new NativeRegionOptions { Backing = RegionBacking.Memfd });
    private readonly NativeRegion _destination = new(s_length);

    public LargerThanCacheTests() => Pattern.Fill(_source.Span, seed: 7);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Fact]
    public void All_bytes_are_copied()
    {
        Assert.Equal(0u, CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, s_length));
        Assert.True(_destination.Span.SequenceEqual(_source.Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Known_poison_ends_the_prefix(int threads)
    {
        nuint line = (s_length * 2 / 3) & ~(nuint)(PoisonMap.LineSize - 1);
        _source.Poison.Mark(line);
        Check(line, threads);
    }

    [Theory]
    [ClassData(typeof(EveryFaultingSource))]
    public void Latent_poison_ends_the_prefix(PoisonSource source)
    {
        Assert.SkipWhen(source == PoisonSource.HwPoison, "Each run would cost a page frame.");
        nuint page = (s_length * 2 / 3) & ~(nuint)(NativeRegion.PageSize - 1);
        PoisonInjector.Inject(_source, page, source);
        Check(page, threads: 1);
    }

    private void Check(nuint prefix, int threads)
    {
        _destination.Span.Fill(Pattern.Canary);
        nuint remaining = threads == 1
            ? CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, s_length)
            : CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, s_length, new CopyOptions { MaxDegreeOfParallelism = threads }, out _);
        Assert.Equal(s_length - prefix, remaining);
        Assert.True(_destination.Span[..(int)prefix].SequenceEqual(_source.Span[..(int)prefix]));
        Assert.False(_destination.Span[(int)prefix..].ContainsAnyExcept(Pattern.Canary));
    }
}
