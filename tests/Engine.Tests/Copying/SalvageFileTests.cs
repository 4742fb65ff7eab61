namespace CopyMc.Engine.Tests.Copying;

/// <summary>
/// Salvages from mappings of a real file. Known poison, poison markers, holes in the mapping, a truncation, the range of the copy, the fill of
/// lost bytes and the propagation to the destination are random.
/// </summary>
public sealed unsafe class SalvageFileTests : IDisposable
{
    /// <summary>Sequences for all kernels that can recover, in total.</summary>
    private const int AllRuns = 10_000;
    private const int Pages = 48;
    private const int Length = Pages * NativeRegion.PageSize;
    private const int LongestShift = 100;
    private const int DestinationLength = Length + NativeRegion.PageSize;

    private static readonly int s_runsPerKernel = AllRuns / int.Max(CopyKernel.Available.Count(kernel => kernel.RecoversFromFaults), 1) + 1;

    private readonly string _path;
    private readonly byte[] _content = new byte[Length];
    private readonly NativeRegion _destination = new(DestinationLength);
    private readonly byte[] _expected = new byte[DestinationLength];
    private readonly bool[] _bad = new bool[Length];
    private readonly PoisonSource[] _latent;

    public SalvageFileTests()
    {
        // Poison markers need a file in memory; truncation works in any file.
        string directory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _path = Path.Combine(directory, $"copymc-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Pattern.Fill(_content, seed: 21);
        File.WriteAllBytes(_path, _content);
        _latent = [.. ((ReadOnlySpan<PoisonSource>)[PoisonSource.TruncatedMapping, PoisonSource.UffdPoison]).ToArray().Where(CanBeHad)];
    }

    public void Dispose()
    {
        _destination.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Every_healthy_byte_is_copied_and_every_lost_range_is_exact(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        for (int run = 0; run < s_runsPerKernel; run++)
        {
            // The number alone reproduces a failure.
            var random = new Random(run);
            try
            {
                Run(engine, random);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Run {run} of {kernel}: {failure.Message}", failure);
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{s_runsPerKernel} runs; latent poison: {(engine.Kernel.RecoversFromFaults ? string.Join(", ", _latent) + ", truncation" : "none, the kernel does not recover")}.");
    }

    private void Run(CopyEngine engine, Random random)
    {
        using NativeRegion source = NativeRegion.MapFile(_path, writable: true);
        Array.Clear(_bad);
        long kept = engine.Kernel.RecoversFromFaults ? PoisonAndTruncate(source, random) : Length;
        MarkKnown(source, random);
        try
        {
            int start = random.Next(2) == 0 ? 0 : random.Next(Length), count = random.Next(2) == 0 ? Length - start : random.Next(1, Length - start + 1);
            int shift = random.Next(LongestShift);
            var options = new SalvageOptions
            {
                Fill = (SalvageFill)random.Next(3),
                Pattern = (byte)random.Next(256),
                Propagation = (PoisonPropagation)random.Next(_latent.Contains(PoisonSource.UffdPoison) ? 3 : 2),
                LookAhead = random.Next(4) != 0,
                ThroughKernel = random.Next(4) == 0,
            };
            _destination.Span.Fill(Pattern.Canary);
            SalvageResult result = engine.Salvage(source.Pointer + start, _destination.Pointer + shift, (nuint)count, options);

            List<LostRange> expected = ExpectedLoss(_bad.AsSpan(start, count));
            Assert.Equal(expected, result.Lost);
            Assert.Equal((nuint)count, result.ProcessedBytes);
            Assert.Equal((CopyFaultKind.None, null), (result.DestinationFault.Kind, result.PropagationFailure));
            CheckDestination(start, count, shift, (int)kept, expected, options);
        }
        finally
        {
            PoisonInjector.Heal(_destination, 0, DestinationLength, PoisonSource.UffdPoison);
            if (kept != Length)
                Restore(kept);
        }
    }

    /// <summary>Returns the length of the file afterwards.</summary>
    private long PoisonAndTruncate(NativeRegion source, Random random)
    {
        // Each page once, because a replaced mapping cannot be poisoned again.
        var taken = new HashSet<int>();
        for (int i = random.Next(5); i > 0; i--)
        {
            int first = random.Next(Pages), last = int.Min(first + random.Next(4), Pages - 1);
            for (int page = first; page <= last; page++)
            {
                if (!taken.Add(page))
                    continue;
                PoisonInjector.Inject(source, (nuint)page * NativeRegion.PageSize, _latent[random.Next(_latent.Length)]);
                _bad.AsSpan(page * NativeRegion.PageSize, NativeRegion.PageSize).Fill(true);
            }
        }
        if (random.Next(3) != 0)
            return Length;
        int kept = random.Next(Length);
        Truncate(kept);
        // The rest of the page in which the file ends reads as zeros.
        _bad.AsSpan((kept + NativeRegion.PageSize - 1) / NativeRegion.PageSize * NativeRegion.PageSize).Fill(true);
        return kept;
    }

    private void MarkKnown(NativeRegion source, Random random)
    {
        for (int i = random.Next(8); i > 0; i--)
        {
            int line = random.Next(Length / PoisonMap.LineSize) * PoisonMap.LineSize;
            int length = int.Min(random.Next(1, 4) * PoisonMap.LineSize, Length - line);
            source.Poison.Mark((nuint)line, (nuint)length);
            _bad.AsSpan(line, length).Fill(true);
        }
    }

    private void CheckDestination(int start, int count, int shift, int kept, List<LostRange> lost, SalvageOptions options)
    {
        Array.Fill(_expected, Pattern.Canary);
        _content.AsSpan(start, count).CopyTo(_expected.AsSpan(shift));
        if (kept < start + count)
            _expected.AsSpan(shift + int.Max(kept - start, 0), count - int.Max(kept - start, 0)).Clear();
        bool[] marked = new bool[DestinationLength / PoisonMap.LineSize], faulting = new bool[DestinationLength / NativeRegion.PageSize];
        foreach (LostRange range in lost)
        {
            int from = shift + (int)range.Offset, to = shift + (int)range.End;
            _expected.AsSpan(from, to - from).Fill(options.Fill switch
            {
                SalvageFill.Zero => 0,
                SalvageFill.Pattern => options.Pattern,
                _ => Pattern.Canary,
            });
            if (options.Propagation != PoisonPropagation.None)
                marked.AsSpan(from / PoisonMap.LineSize, (to - 1) / PoisonMap.LineSize - from / PoisonMap.LineSize + 1).Fill(true);
            int firstPage = (from + NativeRegion.PageSize - 1) / NativeRegion.PageSize, endPage = to / NativeRegion.PageSize;
            if (options.Propagation == PoisonPropagation.Fault && firstPage < endPage)
                faulting.AsSpan(firstPage, endPage - firstPage).Fill(true);
        }

        for (int page = 0; page < faulting.Length; page++)
        {
            int offset = page * NativeRegion.PageSize;
            if (faulting[page])
                Assert.Equal(0, PageProbe.ReadablePages(_destination.Pointer + offset, 1));
            else if (!_expected.AsSpan(offset, NativeRegion.PageSize).SequenceEqual(_destination.Span.Slice(offset, NativeRegion.PageSize)))
                Assert.Fail($"A byte of page {page} of the destination is wrong.");
        }
        Assert.Equal(marked.Count(line => line), _destination.Poison.PoisonedLineCount);
        for (int line = 0; line < marked.Length; line++)
        {
            if (marked[line] != _destination.Poison.IsPoisoned((nuint)line * PoisonMap.LineSize))
                Assert.Fail($"Line {line} of the destination is {(marked[line] ? "not marked" : "marked")}.");
        }
    }

    private static List<LostRange> ExpectedLoss(ReadOnlySpan<bool> bad)
    {
        var lost = new List<LostRange>();
        for (int i = 0; i < bad.Length;)
        {
            int next = bad[i..].IndexOf(!bad[i]);
            int end = next < 0 ? bad.Length : i + next;
            if (bad[i])
                lost.Add(new LostRange((nuint)i, (nuint)(end - i)));
            i = end;
        }
        return lost;
    }

    private bool CanBeHad(PoisonSource source)
    {
        if (!FaultRecovery.IsSupported || PoisonInjector.UnsupportedReason(source) is not null)
            return false;
        try
        {
            using NativeRegion region = NativeRegion.MapFile(_path, writable: true);
            PoisonInjector.Inject(region, 0, source);
            return true;
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }

    private void Truncate(long length)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }

    private void Restore(long kept)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = kept;
        file.Write(_content.AsSpan((int)kept));
    }
}
