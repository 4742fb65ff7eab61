using CsCheck;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>With any maps and any marks, a copy ends at the first bad line of a model: a set of lines.</summary>
public sealed unsafe class KnownPoisonModelTests : IDisposable
{
    private const int Size = 3 * NativeRegion.PageSize;

    private static readonly Gen<(int Start, int Length)> s_range =
        Gen.Select(Gen.Int[0, Size - 1], Gen.Int[1, Size], (start, length) => (start, int.Min(length, Size - start)));

    /// <summary>Maps over the source, each with a few marks anywhere; marks outside the map are cut off.</summary>
    private static readonly Gen<((int Start, int Length) Range, (int Start, int Length)[] Marks)[]> s_maps =
        Gen.Select(s_range, Gen.Select(Gen.Int[0, Size - 1], Gen.Int[0, 300]).Array[0, 3]).Array[0, 5];

    private readonly NativeRegion _source = new(Size);
    private readonly CanaryDestination _destination = new(Size + Lengths.Alignments);

    public KnownPoisonModelTests() => Pattern.Fill(_source.Span, seed: 9);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void A_copy_ends_where_the_lowest_bad_line_of_all_maps_starts(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        Gen.Select(s_maps, s_range, Gen.Int[0, Lengths.Alignments - 1]).Sample(
            (maps, copied, destinationOffset) =>
            {
                var badLines = new SortedSet<nuint>();
                List<PoisonMap> live = [.. maps.Select(map => Make(map.Range, map.Marks, badLines))];
                try
                {
                    var copy = new CopyCase(_source.Pointer + copied.Start, _destination.Start + destinationOffset, (nuint)copied.Length);
                    (nuint prefix, CopyFault fault) = Expected(copy, badLines);
                    copy.ExpectStop(engine, prefix, fault);
                    _destination.Check(copy, prefix);
                    Assert.Equal(copy.ByteCount - prefix, copy.Run(engine));
                    _destination.Check(copy, prefix);
                }
                finally
                {
                    // Shrinking a failing example runs others.
                    live.ForEach(map => map.Dispose());
                    _destination.Region.Span.Fill(Pattern.Canary);
                }
            },
            iter: 1_000, threads: 1);
    }

    private PoisonMap Make((int Start, int Length) range, (int Start, int Length)[] marks, SortedSet<nuint> badLines)
    {
        var map = new PoisonMap(_source.Pointer + range.Start, (nuint)range.Length);
        foreach ((int start, int length) in marks)
        {
            int from = int.Clamp(start, range.Start, range.Start + range.Length);
            int to = int.Clamp(start + length, from, range.Start + range.Length);
            map.Mark((nuint)(from - range.Start), (nuint)(to - from));
            for (int i = from; i < to; i++)
                badLines.Add((nuint)(_source.Pointer + i) / PoisonMap.LineSize);
        }
        return map;
    }

    private static (nuint Prefix, CopyFault Fault) Expected(CopyCase copy, SortedSet<nuint> badLines)
    {
        nuint first = (nuint)copy.Source;
        SortedSet<nuint> hit = badLines.GetViewBetween(first / PoisonMap.LineSize, (first + copy.ByteCount - 1) / PoisonMap.LineSize);
        if (hit.Count == 0)
            return (copy.ByteCount, default);
        nuint line = hit.Min * PoisonMap.LineSize;
        return (line > first ? line - first : 0, new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, line, PoisonMap.LineSize));
    }
}
