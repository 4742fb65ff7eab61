using CopyMc.Engine.Tests.Faults;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>A copy by several threads keeps the contract: it counts from the lowest bad byte.</summary>
public sealed unsafe class ParallelCopyTests : IDisposable
{
    private const int Blocks = 9;
    private const nuint Length = (nuint)Blocks * NativeRegion.HugePageSize + 12_345;

    private static readonly CopyOptions s_threads = new() { MaxDegreeOfParallelism = 4 };

    private readonly NativeRegion _source = new(Length);
    private readonly NativeRegion _destination = new(Length);

    public ParallelCopyTests() => Pattern.Fill(_source.Span, seed: 4);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Fact]
    public void All_bytes_are_copied_and_progress_counts_each_once()
    {
        nuint highest = 0;
        var options = new CopyOptions { MaxDegreeOfParallelism = -1, Progress = new SynchronousProgress<nuint>(copied => highest = nuint.Max(highest, copied)) };
        Assert.Equal(0u, CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, options, out CopyFault fault));
        Assert.Equal(default, fault);
        Assert.Equal(Length, highest);
        Assert.True(_destination.Span.SequenceEqual(_source.Span));
    }

    [Fact]
    public void Known_poison_stops_all_threads()
    {
        var random = new Random(5);
        for (int i = 0; i < 40; i++)
        {
            _destination.Span.Fill(Pattern.Canary);
            nuint first = (nuint)random.NextInt64((long)Length), second = (nuint)random.NextInt64((long)Length);
            _source.Poison.Mark(first);
            _source.Poison.Mark(second);
            nuint prefix = nuint.Min(first, second) & ~(nuint)(PoisonMap.LineSize - 1);
            nuint remaining = CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, s_threads, out CopyFault fault);
            Assert.Equal(Length - prefix, remaining);
            Assert.Equal(new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)_source.Pointer + prefix, PoisonMap.LineSize), fault);
            Assert.True(_destination.Span[..(int)prefix].SequenceEqual(_source.Span[..(int)prefix]));
            Assert.False(_destination.Span[(int)prefix..].ContainsAnyExcept(Pattern.Canary));
            _source.Poison.Clear(0, Length);
        }
    }

    [Theory]
    [ClassData(typeof(EveryFaultingSource))]
    public void Latent_poison_is_counted_from_the_first_bad_byte(PoisonSource source)
    {
        var random = new Random(6);
        for (int i = 0; i < 20; i++)
        {
            using var region = new NativeRegion(Length);
            Pattern.Fill(region.Span, seed: i);
            nuint prefix = Length;
            for (int page = 0; page < 3; page++)
            {
                nuint offset = (nuint)random.NextInt64((long)Length) & ~(nuint)(NativeRegion.PageSize - 1);
                PoisonInjector.Inject(region, offset, source);
                prefix = nuint.Min(prefix, offset);
            }
            nuint remaining = CopyEngine.Shared.Copy(region.Pointer, _destination.Pointer, Length, s_threads, out CopyFault fault);
            Assert.Equal(Length - prefix, remaining);
            Assert.Equal((nuint)region.Pointer + prefix, fault.Address);
            Assert.True(_destination.Span[..(int)prefix].SequenceEqual(region.Span[..(int)prefix]));
        }
    }

    [Fact]
    public void Bytes_written_beyond_the_prefix_are_reported()
    {
        const int Block = (int)NativeRegion.HugePageSize;
        var options = new CopyOptions { MaxDegreeOfParallelism = 2 };
        Span<byte> beyond = _destination.Span.Slice(2 * Block, Block + 1);
        // One thread meets the poison in the second block while the other copies the third, on a page that depends on the scheduler.
        for (nuint page = 300; page < 510; page++)
        {
            nuint bad = (nuint)Block + page * NativeRegion.PageSize;
            using var region = new NativeRegion(4 * (nuint)Block);
            region.Span.Fill(1);
            PoisonInjector.Inject(region, bad, PoisonSource.TruncatedMapping);
            for (int i = 0; i < 150; i++)
            {
                (beyond[0], beyond[Block]) = (0, 0);
                Assert.Equal(region.Length - bad, CopyEngine.Shared.Copy(region.Pointer, _destination.Pointer, region.Length, options, out CopyFault fault));
                Assert.True(fault.WrittenBeyond || (beyond[0] == 0 && beyond[Block] == 0), $"page {page}, copy {i}");
                region.Poison.Clear(bad, NativeRegion.PageSize);
            }
        }
    }

    [Fact]
    public void Cancellation_ends_the_copy()
    {
        using var source = new CancellationTokenSource();
        var options = new CopyOptions { Progress = new SynchronousProgress<nuint>(_ => source.Cancel()), CancellationToken = source.Token };
        Assert.Throws<OperationCanceledException>(() => CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, options, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_cancellation_after_the_last_block_is_ignored(int threads)
    {
        using var source = new CancellationTokenSource();
        var options = new CopyOptions
        {
            MaxDegreeOfParallelism = threads,
            CancellationToken = source.Token,
            Progress = new SynchronousProgress<nuint>(copied =>
            {
                if (copied == Length)
                    source.Cancel();
            }),
        };
        Assert.Equal(0u, CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, options, out _));
        Assert.True(_destination.Span.SequenceEqual(_source.Span));
    }

    [Fact]
    public void A_cancellation_after_a_fault_does_not_hide_the_fault()
    {
        _source.Poison.Mark(0);
        using var source = new CancellationTokenSource();
        var options = new CopyOptions { CancellationToken = source.Token, Progress = new SynchronousProgress<nuint>(_ => source.Cancel()) };
        Assert.Equal(Length, CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, options, out CopyFault fault));
        Assert.Equal(CopyFaultKind.KnownPoison, fault.Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_of_Progress_reaches_the_caller_unchanged(int threads)
    {
        var thrown = new InvalidDataException();
        var options = new CopyOptions { MaxDegreeOfParallelism = threads, Progress = new SynchronousProgress<nuint>(_ => throw thrown) };
        Assert.Same(thrown, Assert.Throws<InvalidDataException>(() => CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, Length, options, out _)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void An_invalid_number_of_threads_throws(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CopyOptions { MaxDegreeOfParallelism = threads });

    private sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
