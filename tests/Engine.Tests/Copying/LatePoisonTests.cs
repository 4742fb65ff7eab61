namespace CopyMc.Engine.Tests.Copying;

/// <summary>Poison that is marked while a copy runs shortens its count, and the fault says that more bytes may have been written.</summary>
public sealed unsafe class LatePoisonTests : IDisposable
{
    private const nuint Block = 2 * 1024 * 1024;
    private const nuint Line = PoisonMap.LineSize;

    private static PoisonMap? s_markedByKernel;
    private static nuint s_markedAt;

    private readonly NativeRegion _source = new(3 * Block);
    private readonly NativeRegion _destination = new(3 * Block);

    public LatePoisonTests() => Pattern.Fill(_source.Span, seed: 10);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100_000)]
    [InlineData((int)Block - 1)]
    public void A_mark_in_the_block_that_is_being_copied_ends_the_prefix(int offset)
    {
        var copy = new CopyCase(_source.Pointer, _destination.Pointer, Block);
        nuint line = (nuint)offset / Line * Line;
        copy.ExpectStop(EngineThatMarks(_source.Poison, (nuint)offset), line, Late(line));
        _source.Poison.Clear(0, Block);
        Assert.Equal(Block - line, copy.Run(EngineThatMarks(_source.Poison, (nuint)offset)));
        Assert.True(_destination.Span[..(int)line].SequenceEqual(_source.Span[..(int)line]));
    }

    [Fact]
    public void A_late_mark_after_known_poison_changes_nothing()
    {
        _source.Poison.Mark(1500);
        nuint line = 1500 / Line * Line;
        new CopyCase(_source.Pointer, _destination.Pointer, Block)
            .ExpectStop(EngineThatMarks(_source.Poison, 70_000), line, Late(line) with { WrittenBeyond = false });
        Assert.Equal(-1, _destination.Span[(int)line..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_late_mark_before_known_poison_ends_the_prefix()
    {
        _source.Poison.Mark(5000);
        new CopyCase(_source.Pointer, _destination.Pointer, Block).ExpectStop(EngineThatMarks(_source.Poison, 200), 192, Late(192));
        Assert.Equal(-1, _destination.Span[(5000 / 64 * 64)..].IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_late_mark_outside_the_source_is_ignored()
    {
        var copy = new CopyCase(_source.Pointer + 64, _destination.Pointer, Block);
        copy.ExpectStop(EngineThatMarks(_source.Poison, 63), Block, default);
        _source.Poison.Clear(0, Block);
        copy.ExpectStop(EngineThatMarks(_source.Poison, 64 + Block), Block, default);
    }

    [Fact]
    public void A_mark_in_a_later_block_is_known_when_the_copy_reaches_it()
    {
        nuint line = 2 * Block + 640;
        new CopyCase(_source.Pointer, _destination.Pointer, 3 * Block)
            .ExpectStop(EngineThatMarks(_source.Poison, line), line, Late(line) with { WrittenBeyond = false });
        Assert.Equal(-1, _destination.Span[(int)line..].IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void A_mark_from_another_thread_is_seen(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        nuint line = Block - Line;
        byte first = _source.Span[0];
        // The scheduler decides whether the mark arrives in time, so try until it does.
        for (int attempt = 0; attempt < 20_000; attempt++)
        {
            _destination.Span[0] = (byte)~first;
            var marker = new Thread(() =>
            {
                while (Volatile.Read(ref *_destination.Pointer) != first)
                    Thread.SpinWait(1);
                _source.Poison.Mark(line);
            });
            marker.Start();
            nuint remaining = engine.Copy(_source.Pointer, _destination.Pointer, Block, out CopyFault fault);
            marker.Join();
            _source.Poison.Clear(line, 1);
            if (remaining == 0 && fault == default)
                continue;
            Assert.Equal(Line, remaining);
            Assert.Equal(Late(line), fault);
            return;
        }
        Assert.Fail("No mark was seen during a copy.");
    }

    /// <summary>A short copy looks at the gate after its last byte, whether or not it asked the maps before the first.</summary>
    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void A_mark_from_another_thread_is_seen_by_a_short_copy(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        foreach (nuint length in (ReadOnlySpan<nuint>)[100, 4096, 32768])
            ExpectLateMark(Engines.Of(kernel), length);
    }

    /// <summary>Also for short copies: while a line is marked and cleared repeatedly, each copy either stops at the line or is complete.</summary>
    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void While_a_thread_marks_and_clears_every_copy_is_complete_or_stops_at_the_mark(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        nuint length = 1000, line = 512;
        bool stop = false;
        var marker = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                _source.Poison.Mark(line);
                _source.Poison.Clear(line, Line);
            }
        });
        marker.Start();
        long whole = 0, cut = 0, neither = 0;
        // Both outcomes must occur, or the threads did not run at the same time.
        for (int i = 0; i < 200_000 || ((whole == 0 || cut == 0) && i < 50_000_000); i++)
        {
            nuint remaining = engine.Copy(_source.Pointer, _destination.Pointer, length);
            if (remaining == 0)
                whole++;
            else if (remaining == length - line)
                cut++;
            else
                neither++;
        }
        Volatile.Write(ref stop, true);
        marker.Join();
        Assert.Equal(0, neither);
        Assert.True(whole > 0 && cut > 0, $"{whole} copies were whole, {cut} were cut.");
    }

    /// <summary>The scheduler decides whether the mark arrives in time, so copies until it does.</summary>
    private void ExpectLateMark(CopyEngine engine, nuint length)
    {
        nuint line = (length - 1) / Line * Line;
        int asked = 0, answered = 0;
        var marker = new Thread(() =>
        {
            var random = new Random(1);
            for (int attempt = 0; attempt >= 0; attempt = Volatile.Read(ref asked))
            {
                if (attempt == answered)
                    continue;
                Thread.SpinWait(random.Next(50));
                _source.Poison.Mark(line);
                Volatile.Write(ref answered, attempt);
            }
        });
        marker.Start();
        try
        {
            for (int attempt = 1; attempt < 500_000; attempt++)
            {
                // Fresh pages lengthen the copy.
                Assert.True(PageDropper.Drop(_destination.Pointer, length));
                Volatile.Write(ref asked, attempt);
                nuint remaining = engine.Copy(_source.Pointer, _destination.Pointer, length, out CopyFault fault);
                while (Volatile.Read(ref answered) != attempt)
                    Thread.SpinWait(1);
                _source.Poison.Clear(line, 1);
                Assert.Equal(fault == default ? 0 : length - line, remaining);
                if (!fault.WrittenBeyond)
                    continue;
                Assert.Equal(Late(line), fault);
                return;
            }
        }
        finally
        {
            Volatile.Write(ref asked, -1);
            marker.Join();
        }
        Assert.Fail($"No mark was seen during a copy of {length} bytes.");
    }

    private CopyFault Late(nuint offset) => new(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)_source.Pointer + offset, PoisonMap.LineSize, WrittenBeyond: true);

    /// <summary>An engine whose kernel marks the poison at the end of the first block.</summary>
    private static CopyEngine EngineThatMarks(PoisonMap map, nuint offset)
    {
        (s_markedByKernel, s_markedAt) = (map, offset);
        return Engines.Of(new CopyKernel("marks", "none", true, &CopyAndMark));
    }

    private static nuint CopyAndMark(byte* source, byte* destination, nuint byteCount)
    {
        Buffer.MemoryCopy(source, destination, byteCount, byteCount);
        s_markedByKernel?.Mark(s_markedAt);
        s_markedByKernel = null;
        return 0;
    }
}
