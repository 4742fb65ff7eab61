using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;
using CopyMc.Bench.Tune;

namespace CopyMc.Bench.Tests.Tune;

/// <summary>How <c>copymc tune</c> chooses, on times that are made up.</summary>
public sealed class TuneDecisionTests
{
    private const string Loop = "loop", Other = "other loop", Stream = "stream", Prefetching = "prefetch";

    private static readonly long[] s_sizes = [4 << 10, 64 << 10, 2 << 20];
    private static readonly TuningValues s_table = new(Loop, Stream, StringCopyAbove: 16 << 10, StringCopyDistance: 63, StreamsHintedFrom: 128 << 10, StreamsFrom: TuneDecision.Never);

    private static readonly Way[] s_ways =
    [
        new(Loop, WayKind.Loop, CopyKernel.All[0], default), new(Other, WayKind.Loop, CopyKernel.All[0], default),
        new(Way.StringCopy, WayKind.StringCopy, CopyKernel.All[0], default),
        new(Stream, WayKind.Stream, CopyKernel.All[0], default), new(Prefetching, WayKind.Stream, CopyKernel.All[0], default),
    ];

    [Fact]
    public void The_table_stays_where_everything_is_equal()
    {
        (TuningValues values, IReadOnlyList<TuneChoice> choices) = Decide((_, _) => 100);
        Assert.Equal(s_table, values);
        Assert.All(choices, choice => Assert.True(!choice.Differs && choice.Gain == 0, choice.ToString()));
    }

    [Fact]
    public void A_gain_of_less_than_3_percent_is_no_reason() => Assert.Equal(s_table, Decide((way, _) => way == Other ? 98 : 100).Values);

    [Fact]
    public void Nor_is_a_gain_within_the_noise() =>
        Assert.Equal(s_table, Decide((way, _) => way == Other ? 90 : 100, time => Quartiles.Of([time * 0.9, time, time * 1.2])).Values);

    [Fact]
    public void The_fastest_loop_and_the_fastest_way_to_stream()
    {
        (TuningValues values, IReadOnlyList<TuneChoice> choices) = Decide((way, _) => way is Other or Prefetching ? 90 : 100);
        Assert.Equal((Other, Prefetching), (values.Loop, values.Stream));
        // The faster loop wins against rep movsb too.
        Assert.Equal(["loop", "string_copy_above", "stream"], choices.Where(choice => choice.Differs).Select(choice => choice.Key));
    }

    [Theory]
    [InlineData(8 << 10, 16 << 10)]
    [InlineData(64 << 10, 64 << 10)]
    [InlineData(4 << 20, TuneDecision.Never)]
    public void A_string_copy_from_where_it_is_faster(long fasterAbove, long chosen) =>
        Assert.Equal(chosen, Decide((way, bytes) => way == Way.StringCopy ? (bytes > fasterAbove ? 50 : 200) : 100).Values.StringCopyAbove);

    [Fact]
    public void The_distance_where_a_string_copy_is_no_slower() =>
        Assert.Equal(4095, Decide((way, _) => way == Way.StringCopy ? 60 : 100).Values.StringCopyDistance);

    [Theory]
    [InlineData(64 << 10, 64 << 10, 64 << 10)]
    [InlineData(2 << 20, 128 << 10, 2 << 20)]
    [InlineData(TuneDecision.Never, TuneDecision.Never, TuneDecision.Never)]
    public void Streaming_from_where_it_is_faster(long from, long hinted, long unhinted)
    {
        TuningValues values = Decide((way, bytes) => way is Stream or Prefetching ? (bytes >= from ? 50 : 200) : 100).Values;
        Assert.Equal((hinted, unhinted), (values.StreamsHintedFrom, values.StreamsFrom));
    }

    private static (TuningValues Values, IReadOnlyList<TuneChoice> Choices) Decide(
        Func<string, long, double> time, Func<double, Quartiles>? spread = null)
    {
        spread ??= one => Quartiles.Of([one]);
        TunePoint At(long bytes, int distance = 0) => new(
            bytes, Temperature.Hot, 1, distance, [.. s_ways.Select(way => TuneTime.Of(way.Name, bytes, spread(time(way.Name, bytes))))]);
        TunePoint[] points = [.. s_sizes.Select(bytes => At(bytes))];
        return new TuneDecision(s_ways, s_table, points, [.. s_sizes.Select(bytes => At(bytes, 72))], points, points).Decide();
    }
}
