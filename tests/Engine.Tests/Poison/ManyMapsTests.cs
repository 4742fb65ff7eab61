namespace CopyMc.Engine.Tests.Poison;

/// <summary>Many maps, which overlap at random, answer like a list of lines; and a process can have very many.</summary>
public sealed unsafe class ManyMapsTests
{
    private static readonly nuint s_base = (nuint)1 << 44;
    private const int Lines = 4096;

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void Maps_that_come_and_go_agree_with_a_list(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        var random = new Random(5);
        var live = new List<(PoisonMap Map, nuint Start, nuint Length, HashSet<nuint> Marked)>();
        for (int step = 0; step < 20_000; step++)
        {
            int dice = random.Next(100);
            if (dice < 20 && live.Count < 300)
            {
                nuint start = s_base + (nuint)random.Next(Lines * PoisonMap.LineSize - 1);
                nuint length = 1 + (nuint)random.Next((int)nuint.Min(dice < 2 ? (nuint)(Lines * PoisonMap.LineSize) : 3000, s_base + Lines * PoisonMap.LineSize - start));
                live.Add((new PoisonMap(maps, (void*)start, length), start, length, []));
            }
            else if (dice < 35 && live.Count > 0)
            {
                int index = random.Next(live.Count);
                live[index].Map.Dispose();
                live.RemoveAt(index);
            }
            else if (dice < 65 && live.Count > 0)
            {
                (PoisonMap map, nuint start, nuint length, HashSet<nuint> marked) = live[random.Next(live.Count)];
                nuint offset = (nuint)random.Next((int)length), count = 1 + (nuint)random.Next((int)nuint.Min(length - offset, 500));
                bool mark = random.Next(3) != 0;
                if (mark)
                    map.Mark(offset, count);
                else
                    map.Clear(offset, count);
                for (nuint line = (start + offset) / 64; line <= (start + offset + count - 1) / 64; line++)
                    _ = mark ? marked.Add(line) : marked.Remove(line);
                Assert.Equal(marked.Count, map.PoisonedLineCount);
            }
            else
            {
                nuint from = s_base + (nuint)random.Next(Lines * PoisonMap.LineSize - 1), to = from + 1 + (nuint)random.Next(5000);
                nuint line = from / 64;
                while (line < (to + 63) / 64 && !live.Exists(one => one.Marked.Contains(line)))
                    line++;
                Assert.Equal(nuint.Clamp(line * 64, from, to), maps.FirstPoisonedAddress(from, to));
            }
        }
        foreach ((PoisonMap map, _, _, _) in live)
            map.Dispose();
        Assert.Equal(0, PoisonGate.Instance->PoisonedLines);
    }

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void A_hundred_thousand_maps_live_at_once(string registry)
    {
        const int Count = 100_000;
        PoisonRegistry maps = EveryRegistry.Of(registry);
        int mappings = Mappings();
        var live = new PoisonMap[Count];
        for (int i = 0; i < Count; i++)
            live[i] = new PoisonMap(maps, (void*)Page(Scattered(i)), NativeRegion.PageSize);
        Assert.InRange(Mappings(), 0, mappings + 1000);
        for (int i = 0; i < Count; i += 997)
        {
            nuint page = Page(Scattered(i));
            live[i].Mark(128);
            Assert.Equal(page + 128, maps.FirstPoisonedAddress(page, page + NativeRegion.PageSize));
            Assert.Equal(page + 100, maps.FirstPoisonedAddress(page, page + 100));
            live[i].Clear(128, 1);
            Assert.Equal(page + NativeRegion.PageSize, maps.FirstPoisonedAddress(page, page + NativeRegion.PageSize));
        }
        foreach (PoisonMap map in live)
            map.Dispose();

        static nuint Page(int index) => s_base + (nuint)index * 2 * NativeRegion.PageSize;

        // 7919 and the count have no common divisor.
        static int Scattered(int i) => (int)((long)i * 7919 % Count);

        static int Mappings() => OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").Count() : 0;
    }

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void Maps_over_the_same_range_are_told_apart(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        PoisonMap[] live = [.. Enumerable.Range(0, 500).Select(_ => new PoisonMap(maps, (void*)s_base, 4096))];
        for (int i = 0; i < live.Length; i++)
        {
            live[i].Mark((nuint)(i % 64) * 64);
            live[i].Dispose();
            Assert.Equal(s_base + 4096, maps.FirstPoisonedAddress(s_base, s_base + 4096));
        }
    }

    /// <summary>Addresses above 2^47 need five-level page tables, but a map needs no memory.</summary>
    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void A_map_may_lie_anywhere(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        foreach (nuint start in (ReadOnlySpan<nuint>)[1, (nuint)1 << 47, ((nuint)1 << 52) - 100, ((nuint)1 << 55) - 4096])
        {
            using var map = new PoisonMap(maps, (void*)start, 2048);
            map.Mark(1000);
            Assert.Equal((start + 1000) & ~(nuint)63, maps.FirstPoisonedAddress(start, start + 2048));
            Assert.Equal(start + 2048 + 64, maps.FirstPoisonedAddress(start + 1000 + 64, start + 2048 + 64));
        }
    }
}
