using System.Globalization;

namespace CopyMc.Bench.Tune;

/// <summary>Finds the fastest value of each choice in what was measured. A value of the table stays unless another is clearly faster.</summary>
/// <param name="ways">The ways.</param>
/// <param name="table">The values of the table.</param>
/// <param name="warm">Copies whose data is in a cache.</param>
/// <param name="apart">The same with source and destination at several distances.</param>
/// <param name="hinted">Copies from memory to memory.</param>
/// <param name="read">Copies with the first read of their destination, by one thread and by all.</param>
internal sealed class TuneDecision(
    IReadOnlyList<Way> ways, TuningValues table, IReadOnlyList<TunePoint> warm, IReadOnlyList<TunePoint> apart, IReadOnlyList<TunePoint> hinted,
    IReadOnlyList<TunePoint> read)
{
    internal const long Never = long.MaxValue;

    private readonly List<TuneChoice> _choices = [];

    internal (TuningValues Values, IReadOnlyList<TuneChoice> Choices) Decide()
    {
        string[] loops = [.. Of(WayKind.Loop)];
        string loop = Choose("loop", WayNamed(table.Loop, loops), loops, way => way, warm, (way, _) => way);
        long above = table.StringCopyAbove;
        int distance = table.StringCopyDistance;
        if (Of(WayKind.StringCopy).Any())
        {
            // From memory too, because rep movsb does not read what it overwrites.
            above = Choose(
                "string_copy_above", above, [Never, .. Sizes(warm)], Text, [.. warm, .. hinted], (value, point) => point.Bytes > value ? Way.StringCopy : loop);
            // With 63 the loop is used at these distances, with 4095 rep movsb. Where no copy uses it, there is nothing to choose.
            TunePoint[] used = [.. apart.Where(point => point.Bytes > above)];
            if (used.Length > 0)
            {
                distance = Choose(
                    "string_copy_distance", distance, [63, 4095], value => value.ToString(CultureInfo.InvariantCulture), used,
                    (value, _) => value == 63 ? loop : Way.StringCopy);
            }
        }
        string[] streams = [.. Of(WayKind.Stream)];
        string stream = Choose("stream", WayNamed(table.Stream, streams), streams, way => way, hinted, (way, _) => way);
        string StreamingFrom(long from, TunePoint point) => point.Bytes >= from ? stream : point.Bytes > above ? Way.StringCopy : loop;
        long hintedFrom = Choose("streams_hinted_from", table.StreamsHintedFrom, [.. Sizes(hinted), Never], Text, hinted, StreamingFrom);
        long from = Choose("streams_from", table.StreamsFrom, [.. Sizes(read), Never], Text, read, StreamingFrom);
        return (new TuningValues(loop, stream, above, distance, hintedFrom, from), _choices);
    }

    /// <summary>The value of a size in a profile.</summary>
    internal static string Text(long bytes) => bytes == Never ? "never" : bytes.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<long> Sizes(IEnumerable<TunePoint> points) => points.Select(point => point.Bytes).Distinct();

    private static string WayNamed(string name, string[] all) => Array.IndexOf(all, name) >= 0 ? name : all[0];

    private IEnumerable<string> Of(WayKind kind) => ways.Where(way => way.Kind == kind).Select(way => way.Name);

    private T Choose<T>(
        string key, T ofTable, IEnumerable<T> others, Func<T, string> text, IReadOnlyList<TunePoint> points, Func<T, TunePoint, string> way)
    {
        (TuneChoice choice, T value) = TuneChoice.Between(key, ofTable, others, text, points, way);
        _choices.Add(choice);
        return value;
    }
}
