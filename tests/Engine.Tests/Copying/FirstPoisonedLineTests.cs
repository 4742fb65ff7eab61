namespace CopyMc.Engine.Tests.Copying;

/// <summary>Each of the 32,768 lines of a huge page, as the first poisoned one.</summary>
public sealed unsafe class FirstPoisonedLineTests : IDisposable
{
    private const nuint LineCount = NativeRegion.HugePageSize / PoisonMap.LineSize;

    private readonly NativeRegion _even = new(NativeRegion.HugePageSize);
    private readonly NativeRegion _odd = new(NativeRegion.HugePageSize);
    private readonly NativeRegion _destination = new(NativeRegion.HugePageSize + NativeRegion.PageSize);

    public FirstPoisonedLineTests()
    {
        // The two sources differ in every byte, and both from the canary.
        Pattern.Fill(_even.Span, seed: 2);
        for (int i = 0; i < NativeRegion.HugePageSize; i++)
            _odd.Span[i] = (byte)~_even.Span[i] == Pattern.Canary ? (byte)(Pattern.Canary + 1) : (byte)~_even.Span[i];
        _destination.Span.Fill(Pattern.Canary);
    }

    public void Dispose()
    {
        _even.Dispose();
        _odd.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Every_line_of_2_MiB_is_met_exactly(string kernel) => MeetEveryLine(Engines.Of(kernel));

    [Fact]
    public void A_kernel_that_writes_one_byte_too_many_would_be_caught() => WouldBeCaught(
        new CopyKernel("one too many", "none", true, &OneTooMany));

    [Fact]
    public void A_kernel_that_writes_one_byte_too_few_would_be_caught() => WouldBeCaught(
        new CopyKernel("one too few", "none", true, &OneTooFew));

    [Fact]
    public void A_kernel_that_skips_a_byte_in_the_middle_would_be_caught() => WouldBeCaught(
        new CopyKernel("one skipped", "none", true, &OneSkipped));

    private void WouldBeCaught(CopyKernel broken) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => MeetEveryLine(Engines.Of(broken)));

    /// <summary>
    /// From the last line to the first, from two sources in turn that differ in every byte. So the prefix shows whether each byte was
    /// written this time, and nothing has to be refilled: after line k was met, lines k and up are never written again, line k - 1 holds
    /// what the copy before put there, and whatever a copy wrote too far stays to be seen at the end.
    /// </summary>
    private void MeetEveryLine(CopyEngine engine)
    {
        for (nuint line = LineCount; line-- > 0;)
        {
            NativeRegion source = SourceOf(line);
            nuint prefix = line * PoisonMap.LineSize;
            source.Poison.Mark(prefix);
            nuint remaining = engine.Copy(source.Pointer, _destination.Pointer, NativeRegion.HugePageSize, out CopyFault fault);
            source.Poison.Clear(prefix, 1);

            var expected = new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)source.Pointer + prefix, PoisonMap.LineSize);
            if (remaining != NativeRegion.HugePageSize - prefix || fault != expected)
                Assert.Fail($"Line {line}: {remaining} remain; {fault}.");
            if (!_destination.Span[..(int)prefix].SequenceEqual(source.Span[..(int)prefix]))
                Assert.Fail($"Line {line}: byte {_destination.Span[..(int)prefix].CommonPrefixLength(source.Span)} of {prefix} is wrong.");
            CheckNotWritten(line);
        }
        for (nuint line = 0; line < LineCount; line++)
            CheckNotWritten(line);
        Assert.Equal(-1, _destination.Span[NativeRegion.HugePageSize..].IndexOfAnyExcept(Pattern.Canary));
    }

    private NativeRegion SourceOf(nuint poisonedLine) => poisonedLine % 2 == 0 ? _even : _odd;

    /// <summary>A line holds what was copied when the line after it was the poisoned one; the last has never been copied.</summary>
    private void CheckNotWritten(nuint line)
    {
        Span<byte> now = Line(_destination, line);
        if (line + 1 == LineCount ? now.ContainsAnyExcept(Pattern.Canary) : !now.SequenceEqual(Line(SourceOf(line + 1), line)))
            Assert.Fail($"A byte of line {line} was written, though it or a line before it was poisoned.");
    }

    private static Span<byte> Line(NativeRegion region, nuint line) => region.Span.Slice((int)line * PoisonMap.LineSize, PoisonMap.LineSize);

    // The broken kernels are wrong at one line only, somewhere in the middle.
    private const nuint BrokenAt = 12_345 * PoisonMap.LineSize;

    private static nuint OneTooMany(byte* source, byte* destination, nuint byteCount)
    {
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        if (byteCount == BrokenAt)
            destination[byteCount] = source[byteCount];
        return 0;
    }

    private static nuint OneTooFew(byte* source, byte* destination, nuint byteCount)
    {
        Buffer.MemoryCopy(source, destination, byteCount, byteCount == BrokenAt ? byteCount - 1 : byteCount);
        return 0;
    }

    private static nuint OneSkipped(byte* source, byte* destination, nuint byteCount)
    {
        byte before = destination[byteCount / 2];
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        if (byteCount == BrokenAt)
            destination[byteCount / 2] = before;
        return 0;
    }
}
