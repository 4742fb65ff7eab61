using System.Globalization;

namespace CopyMc.Bench.Watch;

/// <summary>The values of the engine's instruments, which arrive one by one, and the figures that follow from them.</summary>
internal sealed class EngineFigures
{
    internal const string MeterName = "CopyMc";

    /// <summary>Short copies are counted in samples, two or three a second.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, long> _values = [];
    private readonly Queue<(TimeSpan At, long Bytes)> _recent = new();
    private (long Bytes, long Copies)? _first;

    /// <summary>Whether the process has an engine.</summary>
    internal bool Any => _values.Count > 0;

    /// <param name="instrument">The name of the instrument.</param>
    /// <param name="tags">As the runtime writes them: <c>copymc.fault.kind=bus_error</c>.</param>
    /// <param name="value">The value, in digits.</param>
    internal void Set(string instrument, string tags, string value)
    {
        if (long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number))
            _values[$"{instrument} {tags}"] = number;
    }

    /// <param name="at">Since the watch began.</param>
    internal WatchReading Read(TimeSpan at)
    {
        long bytes = Sum("copymc.memory.copied "), copies = Sum("copymc.copies ");
        (long Bytes, long Copies) first = _first ??= (bytes, copies);
        while (_recent.TryPeek(out (TimeSpan At, long Bytes) oldest) && _recent.Count > 1 && at - oldest.At > s_window)
            _recent.Dequeue();
        double rate = _recent.TryPeek(out (TimeSpan At, long Bytes) from) && at > from.At ? (bytes - from.Bytes) / (at - from.At).TotalSeconds : 0;
        _recent.Enqueue((at, bytes));
        return new WatchReading(
            at.TotalSeconds, bytes - first.Bytes, copies - first.Copies, rate,
            new PoisonHits(Hits("known_poison"), Hits("machine_check"), Hits("bus_error"), Hits("access_violation")),
            Collapses("committed"), Collapses("aborted"));
    }

    private long Hits(string kind) => Sum($"copymc.poison.hits copymc.fault.kind={kind}");

    private long Collapses(string outcome) => Sum($"copymc.collapses copymc.collapse.outcome={outcome}");

    private long Sum(string prefix) => _values.Where(value => value.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(value => value.Value);
}
