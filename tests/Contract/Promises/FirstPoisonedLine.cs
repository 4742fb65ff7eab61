namespace CopyMc.Contract.Promises;

/// <summary>Each of the 32,768 lines of a huge page as the first poisoned one.</summary>
public sealed unsafe class FirstPoisonedLine : IDisposable
{
    private const nuint LineCount = NativeRegion.HugePageSize / PoisonMap.LineSize;

    private static readonly NativeRegionOptions s_hugePages = new() { Pages = PageKind.TransparentHuge };

    private readonly NativeRegion _even = new(NativeRegion.HugePageSize, s_hugePages);
    private readonly NativeRegion _odd = new(NativeRegion.HugePageSize, s_hugePages);

    // The destination, between huge pages of canary.
    private readonly NativeRegion _around = new(3 * NativeRegion.HugePageSize, s_hugePages);

    public FirstPoisonedLine()
    {
        // The two sources differ in every byte, and both from the canary.
        Pattern.Fill(_even.Span, seed: 2);
        for (int i = 0; i < NativeRegion.HugePageSize; i++)
            _odd.Span[i] = (byte)~_even.Span[i] == Pattern.Canary ? (byte)(Pattern.Canary + 1) : (byte)~_even.Span[i];
        _around.Span.Fill(Pattern.Canary);
    }

    private Span<byte> Destination => _around.Span.Slice(NativeRegion.HugePageSize, NativeRegion.HugePageSize);

    public void Dispose()
    {
        _even.Dispose();
        _odd.Dispose();
        _around.Dispose();
    }

    public void A_copy_stops_exactly_at_every_line_of_2_MiB(CopyKernel kernel) => StopAtEveryLine(Engines.Of(kernel));

    /// <summary>
    /// Poisons the lines from the last to the first, and alternates between two sources that differ in every byte. So the prefix shows whether
    /// this copy wrote each byte, and nothing needs to be refilled: after line k, lines from k on are never written again, line k - 1 holds the
    /// bytes of the copy before, and any write beyond the prefix is still visible at the end.
    /// </summary>
    private void StopAtEveryLine(CopyEngine engine)
    {
        nuint first = LineCount - LineCount / (nuint)Sweep.Step(1024);
        for (nuint line = LineCount; line-- > first;)
        {
            NativeRegion source = SourceOf(line);
            nuint prefix = line * PoisonMap.LineSize;
            source.Poison.Mark(prefix);
            byte* destination = _around.Pointer + NativeRegion.HugePageSize;
            nuint remaining = engine.Copy(source.Pointer, destination, NativeRegion.HugePageSize, out CopyFault fault);
            source.Poison.Clear(prefix, 1);

            var expected = new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)source.Pointer + prefix, PoisonMap.LineSize);
            if (remaining != NativeRegion.HugePageSize - prefix || fault != expected)
                Require.Fail($"Line {line}: {remaining} remain; {fault}.");
            if (!Destination[..(int)prefix].SequenceEqual(source.Span[..(int)prefix]))
                Require.Fail($"Line {line}: byte {Destination[..(int)prefix].CommonPrefixLength(source.Span)} of {prefix} is wrong.");
            CheckNotWritten(line);
        }
        for (nuint line = first; line < LineCount; line++)
            CheckNotWritten(line);
        Require.Equal(-1, _around.Span[..NativeRegion.HugePageSize].IndexOfAnyExcept(Pattern.Canary));
        Require.Equal(-1, _around.Span[(2 * NativeRegion.HugePageSize)..].IndexOfAnyExcept(Pattern.Canary));
    }

    private NativeRegion SourceOf(nuint poisonedLine) => poisonedLine % 2 == 0 ? _even : _odd;

    /// <summary>Checks that each line holds the bytes copied when the next line was poisoned; the last was never copied.</summary>
    private void CheckNotWritten(nuint line)
    {
        Span<byte> now = Line(Destination, line);
        if (line + 1 == LineCount ? now.ContainsAnyExcept(Pattern.Canary) : !now.SequenceEqual(Line(SourceOf(line + 1).Span, line)))
            Require.Fail($"A byte of line {line} was written, though it or a line before it was poisoned.");
    }

    private static Span<byte> Line(Span<byte> lines, nuint line) => lines.Slice((int)line * PoisonMap.LineSize, PoisonMap.LineSize);
}
