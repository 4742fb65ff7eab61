using CopyMc.Bench.Measuring;
using CopyMc.Bench.Throughput;

namespace CopyMc.Bench.Tests.Measuring;

/// <summary>The harness itself must notice a method that cheats.</summary>
public sealed class InterleavedRunTests
{
    private static readonly MeasurementSettings s_settings = new(Rounds: 3, Batch: TimeSpan.FromMicroseconds(20), PoolBytes: 4 << 20);

    [Fact]
    public void A_method_that_copies_nothing_is_found_out()
    {
        PointResult result = Measure(new Contender<NoCopy>("no copy", default));
        Assert.False(result.Methods[1].CopiedExactly);
        Assert.True(result.Methods[0].CopiedExactly);
    }

    [Fact]
    public void A_method_that_leaves_bytes_behind_is_found_out() =>
        Assert.False(Measure(new Contender<PartialCopy>("partial copy", default)).EveryCopyComplete);

    [Theory]
    [InlineData(64, Temperature.FirstLevel, 64)]
    [InlineData(64, Temperature.Hot, 2 << 20)]
    [InlineData(2 << 20, Temperature.Hot, 2 << 20)]
    [InlineData(4 << 20, Temperature.Hot, 4 << 20)]
    [InlineData(64, Temperature.Cold, 4 << 20)]
    internal void An_access_pattern_visits_every_slot_of_its_working_set_once(int copyBytes, Temperature temperature, int workingSetBytes)
    {
        using var buffers = new BufferPair(4 << 20, PageKind.Small);
        AccessPattern pattern = buffers.PatternFor(new MeasurementPoint("point", copyBytes, temperature));
        var slots = new HashSet<ulong>();
        for (ulong i = 0; i < pattern.SlotCount; i++)
            slots.Add((i * pattern.Stride) & pattern.SlotMask);
        Assert.Equal(workingSetBytes / copyBytes, slots.Count);
    }

    private static PointResult Measure(Contender contender)
    {
        using var buffers = new BufferPair(4 << 20, PageKind.Small);
        PointSamples samples = new InterleavedRun(s_settings).Measure(
            new MeasurementPoint("4 KiB", 4096),
            buffers,
            [new Contender<NativeMemoryCopy>(Contenders.Baseline, default), contender],
            Contenders.Baseline);
        return PointResult.Of([samples], Contenders.Baseline);
    }

    private readonly unsafe struct NoCopy : ICopyMethod
    {
        public nuint Copy(byte* source, byte* destination, nuint byteCount) => 0;
    }

    private readonly unsafe struct PartialCopy : ICopyMethod
    {
        public nuint Copy(byte* source, byte* destination, nuint byteCount) => 1;
    }
}
