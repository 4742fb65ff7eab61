using System.Globalization;

namespace CopyMc.Bench.Tune;

/// <summary>The values that a profile holds. <see cref="long.MaxValue"/> bytes: never.</summary>
/// <param name="Loop">The way of the loop.</param>
/// <param name="Stream">The way of streaming.</param>
/// <param name="StringCopyAbove">Bytes above which rep movsb is used.</param>
/// <param name="StringCopyDistance">63 or 4095.</param>
/// <param name="StreamsHintedFrom">Bytes from which streaming kernels stream.</param>
/// <param name="StreamsFrom">Bytes from which all copies stream.</param>
internal sealed record TuningValues(string Loop, string Stream, long StringCopyAbove, int StringCopyDistance, long StreamsHintedFrom, long StreamsFrom)
{
    /// <summary>The values of the table for this CPU.</summary>
    internal static TuningValues OfTable(IReadOnlyList<Way> ways)
    {
        StubTuning table = StubTuning.Current;
        return new TuningValues(
            ways.First(way => way.Kind == WayKind.Loop && way.Values.LoopInHalves == (way.Name.StartsWith("avx512", StringComparison.Ordinal) ? table.LoopInHalves : 0)).Name,
            ways.First(way => way.Kind == WayKind.Stream && (way.Values.StreamingForm == table.StreamingForm || !way.Name.StartsWith("avx", StringComparison.Ordinal))).Name,
            Bytes(table.StringCopyAbove), (int)table.StringCopyDistance, Bytes(table.StreamsHintedFrom), Bytes(table.StreamsFrom));
    }

    /// <summary>The text of the profile for this CPU; native/mce_stub/src/tuning_profile.c reads it.</summary>
    internal string Profile(IReadOnlyList<Way> ways, string cpu)
    {
        Way loop = ways.First(way => way.Name == Loop), stream = ways.First(way => way.Name == Stream);
        CopyKernel withStringCopy = CopyKernel.Available.FirstOrDefault(kernel => kernel.Name == $"{loop.Kernel.Name}-erms") ?? loop.Kernel;
        string kernel = StringCopyAbove == TuneDecision.Never ? loop.Kernel.Name : withStringCopy.Name;
        return string.Join('\n',
            "copymc-tuning 1", $"cpu {cpu}", $"kernel {kernel}", $"streaming_kernel {stream.Kernel.Name}", $"string_copy_above {TuneDecision.Text(StringCopyAbove)}",
            string.Create(CultureInfo.InvariantCulture, $"string_copy_distance {StringCopyDistance}"), $"loop_in_halves {loop.Values.LoopInHalves}",
            $"streaming_form {stream.Values.StreamingForm}", $"streams_hinted_from {TuneDecision.Text(StreamsHintedFrom)}",
            $"streams_from {TuneDecision.Text(StreamsFrom)}", "");
    }

    private static long Bytes(nuint length) => length >= long.MaxValue ? TuneDecision.Never : (long)length;
}
