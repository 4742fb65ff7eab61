namespace CopyMc.Contract.Promises;

/// <summary>A copy is exact at every alignment of source and destination, and for every length at which kernels change their method.</summary>
public sealed unsafe class CopyExactness : IDisposable
{
    private readonly NativeRegion _source = new((nuint)Lengths.Longest + 2 * NativeRegion.PageSize);
    private readonly CanaryDestination _destination = new((nuint)Lengths.Longest + Lengths.Alignments);

    public CopyExactness() => Pattern.Fill(_source.Span, seed: 1);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    public void Every_byte_is_copied_and_no_other_written(CopyKernel kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        CopyAtEveryAlignment(Engines.Of(kernel));
    }

    public void Spans_are_copied_like_pointers(CopyKernel kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        CopyEngine engine = Engines.Of(kernel);
        foreach (int length in Lengths.All)
        {
            foreach (int s in Sweep.Alignments)
            {
                var copy = new CopyCase(_source.Pointer + s, _destination.Start + ((s * 29 + length) % Lengths.Alignments), (nuint)length);
                // The destination may be longer than the source.
                Require.Equal(0, engine.Copy(_source.Span.Slice(s, length), new Span<byte>(copy.Destination, length + 1)));
                _destination.Check(copy, (nuint)length);
            }
        }
    }

    public void The_prefix_ends_at_the_poisoned_line_anywhere_in_the_source(CopyKernel kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        foreach (nuint length in Lengths.All)
        {
            foreach (int s in Sweep.Alignments)
            {
                // In the second page, so that a line is before it.
                byte* source = _source.Pointer + NativeRegion.PageSize + s;
                byte* last = source + nuint.Max(length, 1) - 1;
                CopyWithPoisonAt(source - s - 1, engine, source, length);
                CopyWithPoisonAt(source, engine, source, length);
                CopyWithPoisonAt(source + length / 2, engine, source, length);
                CopyWithPoisonAt(last - nuint.Min(length, PoisonMap.LineSize), engine, source, length);
                CopyWithPoisonAt(last, engine, source, length);
                CopyWithPoisonAt(last + PoisonMap.LineSize, engine, source, length);
            }
        }
    }

    private void CopyAtEveryAlignment(CopyEngine engine)
    {
        foreach (nuint length in Lengths.All)
        {
            foreach (int s in Sweep.Alignments)
            {
                foreach (int d in Sweep.Alignments)
                {
                    var copy = new CopyCase(_source.Pointer + s, _destination.Start + d, length);
                    if (copy.Run(engine) is not 0 and nuint remaining)
                        Require.Fail($"{copy}: {remaining} remain.");
                    _destination.Check(copy, length);

                    copy.ExpectStop(engine, length, default);
                    _destination.Check(copy, length);
                }
            }
        }
    }

    private void CopyWithPoisonAt(byte* poisoned, CopyEngine engine, byte* source, nuint length)
    {
        byte* line = (byte*)((nuint)poisoned & ~(nuint)(PoisonMap.LineSize - 1));
        bool stops = length != 0 && line + PoisonMap.LineSize > source && line < source + length;
        nuint prefix = !stops ? length : line > source ? (nuint)(line - source) : 0;
        CopyFault expected = stops ? new(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)line, PoisonMap.LineSize) : default;

        nuint offset = (nuint)(poisoned - _source.Pointer);
        _source.Poison.Mark(offset);
        foreach (int d in Sweep.Alignments)
        {
            var copy = new CopyCase(source, _destination.Start + d, length);
            copy.ExpectStop(engine, prefix, expected);
            _destination.Check(copy, prefix);

            if (copy.Run(engine) != length - prefix)
                Require.Fail($"{copy}: the overloads count differently.");
            _destination.Check(copy, prefix);
        }
        _source.Poison.Clear(offset, 1);
    }
}
