using CopyMc.Contract;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>A salvage copies every healthy byte and lists exactly the lost ones.</summary>
public sealed unsafe class SalvageTests : IDisposable
{
    private const int Pages = 700;
    private const nuint Length = Pages * NativeRegion.PageSize;

    private readonly NativeRegion _destination = new(Length + NativeRegion.PageSize);

    public void Dispose() => _destination.Dispose();

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Random_mixes_of_known_and_latent_poison_lose_exactly_the_bad_bytes(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        PoisonSource[] latent = engine.Kernel.RecoversFromFaults ? [.. RealPoison.Usable.Where(source => source != PoisonSource.Bitmap)] : [];
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            using var source = new NativeRegion(Length);
            Pattern.Fill(source.Span, seed);
            byte[] content = source.Span.ToArray();
            bool[] bad = new bool[Length];
            Poison(source, random, latent, bad);

            _destination.Span.Fill(Pattern.Canary);
            nuint shift = (nuint)random.Next(64), start = (nuint)random.Next(5000), count = Length - start - (nuint)random.Next(5000);
            SalvageResult result = engine.Salvage(source.Pointer + start, _destination.Pointer + shift, count,
                new SalvageOptions { Fill = SalvageFill.Pattern, Pattern = 0x5A });

            Assert.Equal(count, result.ProcessedBytes);
            Assert.Equal(ExpectedLoss(bad.AsSpan((int)start, (int)count)), result.Lost);
            for (int i = 0; i < (int)count; i++)
            {
                byte expected = bad[(int)start + i] ? (byte)0x5A : content[(int)start + i];
                if (_destination.Span[(int)shift + i] != expected)
                    Assert.Fail($"Seed {seed}: byte {i} is wrong.");
            }
            Assert.False(_destination.Span[(int)(shift + count)..].ContainsAnyExcept(Pattern.Canary));
        }
    }

    [Fact]
    public void Lost_lines_are_marked_and_lost_pages_fault_in_the_destination()
    {
        Assert.SkipUnless(PoisonInjector.UnsupportedReason(PoisonSource.UffdPoison) is null, PoisonInjector.UnsupportedReason(PoisonSource.UffdPoison) ?? "");
        using var source = new NativeRegion(Length);
        source.Poison.Mark(100);
        PoisonInjector.Inject(source, 5 * NativeRegion.PageSize, PoisonSource.UffdPoison);
        SalvageResult result = CopyEngine.Shared.Salvage(source.Pointer, _destination.Pointer, Length, new SalvageOptions { Propagation = PoisonPropagation.Fault });

        Assert.Null(result.PropagationFailure);
        Assert.True(_destination.Poison.IsPoisoned(64) && _destination.Poison.IsPoisoned(5 * NativeRegion.PageSize));
        Assert.Equal(1 + NativeRegion.PageSize / PoisonMap.LineSize, _destination.Poison.PoisonedLineCount);
        // The signal, not the map, stops the copy.
        _destination.Poison.Clear(0, _destination.Length);
        using var elsewhere = new NativeRegion(Length);
        nuint remaining = CopyEngine.Shared.Copy(_destination.Pointer, elsewhere.Pointer, Length, out CopyFault fault);
        Assert.Equal(Length - 5 * NativeRegion.PageSize, remaining);
        Assert.True(fault.Kind is CopyFaultKind.BusError or CopyFaultKind.MachineCheck);
        PoisonInjector.Heal(_destination, 5 * NativeRegion.PageSize, 1, PoisonSource.UffdPoison);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_page_of_the_destination_ends_a_salvage(bool throughKernel)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        using var source = new NativeRegion(4 * NativeRegion.PageSize);
        using var lost = new NativeRegion(4 * NativeRegion.PageSize, new NativeRegionOptions { Backing = RegionBacking.Memfd });
        PoisonInjector.Inject(lost, 3 * NativeRegion.PageSize, PoisonSource.TruncatedMapping);
        const int Shift = 100;
        SalvageResult result = CopyEngine.Shared.Salvage(
            source.Pointer, lost.Pointer + Shift, 3 * NativeRegion.PageSize, new SalvageOptions { ThroughKernel = throughKernel });

        Assert.Equal(3u * NativeRegion.PageSize - Shift, result.ProcessedBytes);
        Assert.Equal(
            new CopyFault(CopyFaultKind.BusError, CopySide.Destination, (nuint)lost.Pointer + 3 * NativeRegion.PageSize, NativeRegion.PageSize), result.DestinationFault);
        Assert.Empty(result.Lost);
    }

    /// <summary>Poison that a map knows is not read.</summary>
    [Fact]
    public void The_kernel_copies_no_known_poison()
    {
        using var source = new NativeRegion(4 * NativeRegion.PageSize);
        source.Span.Fill(5);
        source.Poison.Mark(2 * NativeRegion.PageSize + 100);
        SalvageResult result = CopyEngine.Shared.Salvage(source.Pointer, _destination.Pointer, source.Length, new SalvageOptions { ThroughKernel = true });
        Assert.Equal([new LostRange(2 * NativeRegion.PageSize + 64, 64)], result.Lost);
        Assert.Equal(2 * NativeRegion.PageSize + 64, _destination.Span[..(4 * NativeRegion.PageSize)].IndexOfAnyExcept((byte)5));
    }

    [Fact]
    public void A_salvage_gives_up_after_the_limit()
    {
        using var source = new NativeRegion(3 * (nuint)NativeRegion.HugePageSize);
        source.Poison.Mark(0, 1000);
        SalvageResult result = CopyEngine.Shared.Salvage(source.Pointer, _destination.Pointer, Length, new SalvageOptions { MaxLostBytes = 500 });
        Assert.True(result.GaveUp);
        Assert.Equal([new LostRange(0, 1024)], result.Lost);
        Assert.Equal((nuint)NativeRegion.HugePageSize, result.ProcessedBytes);
    }

    [Fact]
    public void Undefined_options_throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Fill", () => new SalvageOptions { Fill = (SalvageFill)99 });
        Assert.Throws<ArgumentOutOfRangeException>("Propagation", () => new SalvageOptions { Propagation = (PoisonPropagation)(-1) });
    }

    private static void Poison(NativeRegion source, Random random, PoisonSource[] latent, bool[] bad)
    {
        for (int i = random.Next(12); i > 0; i--)
        {
            int line = random.Next((int)Length / PoisonMap.LineSize) * PoisonMap.LineSize;
            int length = random.Next(1, 4) * PoisonMap.LineSize;
            length = Math.Min(length, (int)Length - line);
            source.Poison.Mark((nuint)line, (nuint)length);
            bad.AsSpan(line, length).Fill(true);
        }
        // Each page once, because a replaced mapping cannot be poisoned again.
        var taken = new HashSet<int>();
        for (int i = latent.Length == 0 ? 0 : random.Next(12); i > 0; i--)
        {
            int first = random.Next(Pages), count = Math.Min(random.Next(1, 5), Pages - first);
            foreach (int page in Enumerable.Range(first, count).Where(taken.Add))
            {
                PoisonInjector.Inject(source, (nuint)page * NativeRegion.PageSize, latent[random.Next(latent.Length)]);
                bad.AsSpan(page * NativeRegion.PageSize, NativeRegion.PageSize).Fill(true);
            }
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
}
