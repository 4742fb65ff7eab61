using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Tests.Measuring;

/// <summary>The copies of a mixture stay within the window and have the lengths that its name says.</summary>
public sealed unsafe class MixedSizesTests
{
    [Theory]
    [InlineData(nameof(SizeMixture.To128), 1, 128, 64.5)]
    [InlineData(nameof(SizeMixture.To512), 1, 512, 256.5)]
    [InlineData(nameof(SizeMixture.To4096), 1, 4096, 2048.5)]
    [InlineData(nameof(SizeMixture.LogarithmicTo64K), 1, 65535, 5909)]
    [InlineData(nameof(SizeMixture.Pages), 4096, 4096, 4096)]
    // The means of the published files, whose longest quantiles are 3376, 4080 and 554.
    [InlineData(nameof(SizeMixture.GoogleFleet), 0, 3376, 54.3)]
    [InlineData(nameof(SizeMixture.GoogleA), 0, 4080, 145.5)]
    [InlineData(nameof(SizeMixture.GoogleD), 0, 554, 45)]
    public void Lengths_are_those_of_the_mixture(string name, int least, int most, double mean)
    {
        SizeMixture mixture = Enum.Parse<SizeMixture>(name);
        MixedSizes sizes = MixedSizes.Of(mixture);
        var copies = new ReadOnlySpan<MixedCopy>(sizes.Copies, MixedSizes.Count).ToArray();
        Assert.InRange((int)copies.Min(copy => copy.Length), least, least + least / 64);
        Assert.InRange((int)copies.Max(copy => copy.Length), most - most / 64, most);
        Assert.InRange(sizes.MeanBytes, mean * 0.92, mean * 1.08);
        Assert.All(copies, copy => Assert.True(
            copy.Source + copy.Length <= MixedSizes.WindowBytes && copy.Destination + copy.Length <= MixedSizes.WindowBytes, $"{copy}"));
        int alignments = copies.Select(copy => copy.Source % 64).Distinct().Count();
        Assert.Equal(mixture == SizeMixture.Pages ? 1 : 64, alignments);
    }

    [Theory]
    [InlineData(nameof(SizeMixture.GoogleFleet), 8, 0.13)]
    [InlineData(nameof(SizeMixture.GoogleA), 304, 0.32)]
    [InlineData(nameof(SizeMixture.GoogleD), 6, 0.067)]
    public void The_most_frequent_length_is_that_of_the_published_distribution(string name, int length, double share)
    {
        var copies = new ReadOnlySpan<MixedCopy>(MixedSizes.Of(Enum.Parse<SizeMixture>(name)).Copies, MixedSizes.Count).ToArray();
        IGrouping<uint, MixedCopy> mode = copies.GroupBy(copy => copy.Length).MaxBy(group => group.Count())!;
        Assert.Equal((uint)length, mode.Key);
        Assert.InRange(mode.Count() / (double)copies.Length, share * 0.9, share * 1.1);
    }

    [Fact]
    public void Every_copy_of_a_mixture_is_made()
    {
        using var buffers = new BufferPair(1 << 20, PageKind.Small);
        var point = new MeasurementPoint("mixture", 64, Mixture: SizeMixture.To512);
        AccessPattern pattern = buffers.PatternFor(point);
        var method = new Contender<EngineCopy>("engine", new EngineCopy(CopyEngine.Shared));
        new Span<byte>(pattern.Destination, MixedSizes.WindowBytes).Clear();
        Assert.Equal(0u, method.CopyMany(pattern, 0, pattern.SlotCount));

        byte[] expected = new byte[MixedSizes.WindowBytes];
        var source = new ReadOnlySpan<byte>(pattern.Source, MixedSizes.WindowBytes);
        for (int i = 0; i < MixedSizes.Count; i++)
        {
            MixedCopy copy = pattern.Mixed[i];
            source.Slice((int)copy.Source, (int)copy.Length).CopyTo(expected.AsSpan((int)copy.Destination));
        }
        Assert.True(new ReadOnlySpan<byte>(pattern.Destination, MixedSizes.WindowBytes).SequenceEqual(expected));
    }
}
