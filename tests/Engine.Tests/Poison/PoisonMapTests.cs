using System.Runtime.InteropServices;
using CsCheck;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>A map behaves like an array of lines.</summary>
public sealed unsafe class PoisonMapTests
{
    private const int Length = 3 * 64 * NativeRegion.PageSize;

    private static readonly Gen<(bool Mark, int Offset, int Length)> s_change = Gen.Select(
        Gen.Bool, Gen.Int[0, Length - 1], Gen.OneOf(Gen.Int[0, 200], Gen.Int[0, Length / 3]),
        (mark, offset, length) => (mark, offset, Math.Min(length, Length - offset)));

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void A_map_agrees_with_an_array_of_lines(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        Gen.Select(Gen.Int[0, 5000], s_change.Array[1, 12], Gen.Int[0, Length - 1].Array[20]).Sample((shift, changes, questions) =>
        {
            // The memory that a map covers need not be mapped.
            nuint start = (nuint)0x1000_0000 + (nuint)shift;
            using var map = new PoisonMap(maps, (void*)start, Length);
            nuint firstLine = start / 64;
            bool[] lines = new bool[Length / 64 + 2];
            foreach ((bool mark, int offset, int length) in changes)
            {
                if (mark)
                    map.Mark((nuint)offset, (nuint)length);
                else
                    map.Clear((nuint)offset, (nuint)length);
                for (nuint line = (start + (nuint)offset) / 64; length > 0 && line <= (start + (nuint)(offset + length) - 1) / 64; line++)
                    lines[line - firstLine] = mark;
            }
            if (map.PoisonedLineCount != lines.Count(line => line))
                return false;
            foreach (int offset in questions)
            {
                nuint line = (start + (nuint)offset) / 64 - firstLine;
                nuint end = start + Length;
                nuint next = line;
                while (next < (nuint)lines.Length && !lines[next])
                    next++;
                nuint bad = nuint.Clamp((firstLine + next) * 64, start + (nuint)offset, end);
                nuint expected = next == (nuint)lines.Length ? end : bad;
                if (map.IsPoisoned((nuint)offset) != lines[line]
                    || map.FirstPoisoned((nuint)offset, (nuint)(Length - offset)) != expected - start - (nuint)offset)
                {
                    return false;
                }
            }
            return true;
        }, iter: 300);
    }

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void A_map_of_1_TiB_commits_almost_no_memory(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        nuint tebibyte = (nuint)1 << 40;
        long before = Environment.WorkingSet;
        using var map = new PoisonMap(maps, (void*)0x1000_0000_0000, tebibyte);
        for (nuint i = 0; i < 16; i++)
            map.Mark(tebibyte / 16 * i + 12345);
        Assert.Equal(12345u & ~63u, map.FirstPoisoned(0, tebibyte));
        Assert.Equal(16, map.PoisonedLineCount);
        Assert.True(Environment.WorkingSet - before < 64 << 20, "The map took more than 64 MiB.");
    }

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void Marks_from_many_threads_are_all_set(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        using var map = new PoisonMap(maps, (void*)0x1000_0000, Length);
        Parallel.For(0, 8, thread =>
        {
            for (int line = thread; line < Length / 64; line += 8)
                map.Mark((nuint)line * 64);
        });
        Assert.Equal(Length / 64, map.PoisonedLineCount);
        Parallel.For(0, 8, thread =>
        {
            for (int line = thread; line < Length / 64; line += 8)
                map.Clear((nuint)line * 64, 1);
        });
        Assert.Equal(0, map.PoisonedLineCount);
        Assert.Equal((nuint)Length, map.FirstPoisoned(0, Length));
    }

    [Theory]
    [ClassData(typeof(EveryRegistry))]
    public void Ranges_outside_the_map_and_null_throw(string registry)
    {
        PoisonRegistry maps = EveryRegistry.Of(registry);
        using var map = new PoisonMap(maps, (void*)0x1000_0000, 1000);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Mark(1001));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Mark(999, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Clear(0, 1001));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.IsPoisoned(1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.FirstPoisoned(1, nuint.MaxValue));
        Assert.Throws<ArgumentNullException>(() => new PoisonMap(maps, null, 1));
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            Assert.Throws<ArgumentNullException>(() => new PoisonMap(maps, (void*)((nuint)0x2a << 56), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PoisonMap(maps, (void*)1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PoisonMap(maps, (void*)1, nuint.MaxValue));
    }

    [Theory]
    [InlineData(0x0, 0x80)]
    [InlineData(0xf00, 0x80)]
    [InlineData(0xf00, 0x1000)]
    public void No_map_covers_the_last_page_of_the_address_space(int offset, int length)
    {
        nuint start = nuint.MaxValue - (NativeRegion.PageSize - 1) + (nuint)offset;
        Assert.Throws<ArgumentOutOfRangeException>(nameof(length), () => new PoisonMap((void*)start, (nuint)length));
    }
}
