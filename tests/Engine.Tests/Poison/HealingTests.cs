using CopyMc.Engine.Tests.Copying;
using CopyMc.Engine.Tests.Faults;

namespace CopyMc.Engine.Tests.Poison;

/// <summary>A page that was poisoned and healed is like its neighbours again, and they never knew.</summary>
public sealed unsafe class HealingTests
{
    private const int Pages = 8;
    private const int Lost = 3 * NativeRegion.PageSize;

    /// <summary>Every kind of region against every source that faults.</summary>
    public static TheoryData<PoisonSource, RegionBacking, PageKind, bool> Regions
    {
        get
        {
            var regions = new TheoryData<PoisonSource, RegionBacking, PageKind, bool>();
            foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
            {
                foreach ((RegionBacking backing, PageKind pages, bool locked) in ((RegionBacking, PageKind, bool)[])
                    [(0, PageKind.Small, false), (0, PageKind.Small, true), (0, PageKind.TransparentHuge, false), (RegionBacking.Memfd, PageKind.Small, false)])
                    regions.Add(new TheoryDataRow<PoisonSource, RegionBacking, PageKind, bool>(source, backing, pages, locked)
                    {
                        Skip = FaultRecovery.UnsupportedReason ?? PoisonInjector.UnsupportedReason(source),
                    });
            }
            return regions;
        }
    }

    [Theory]
    [MemberData(nameof(Regions))]
    public void The_neighbours_keep_what_they_hold(PoisonSource source, RegionBacking backing, PageKind pages, bool locked)
    {
        using NativeRegion region = Make(backing, pages, locked);
        Inject(region, source);
        AssertNeighboursIntact(region);
        PoisonInjector.Heal(region, Lost, 1, source);
        AssertNeighboursIntact(region);

        region.Span.Fill(7);
        Assert.Equal(-1, region.Span.IndexOfAnyExcept((byte)7));
    }

    [Theory]
    [MemberData(nameof(Regions))]
    public void The_mapping_is_what_it_was(PoisonSource source, RegionBacking backing, PageKind pages, bool locked)
    {
        using NativeRegion region = Make(backing, pages, locked);
        string before = Flags(region), signals = Signals();
        Inject(region, source);
        Assert.Equal(signals, Signals());
        PoisonInjector.Heal(region, Lost, 1, source);
        Assert.Equal(before, Flags(region));
        Assert.Equal(signals, Signals());
    }

    [Theory]
    [ClassData(typeof(EveryFaultingSource))]
    public void Healing_healthy_pages_leaves_the_region_readable(PoisonSource source)
    {
        using NativeRegion region = Make(RegionBacking.Anonymous, PageKind.Small, locked: false);
        region.Poison.Mark(0, region.Length);
        PoisonInjector.Heal(region, 0, region.Length, source);
        Assert.Equal(0, region.Poison.PoisonedLineCount);
        Assert.Equal(-1, region.Span.IndexOfAnyExcept((byte)0));
    }

    private static NativeRegion Make(RegionBacking backing, PageKind pages, bool locked)
    {
        var region = new NativeRegion(Pages * NativeRegion.PageSize, new NativeRegionOptions { Backing = backing, Pages = pages, Lock = locked });
        Pattern.Fill(region.Span, seed: 15);
        return region;
    }

    /// <summary>Asks whether it can be had on such a region, which the source's own trial cannot know.</summary>
    private static void Inject(NativeRegion region, PoisonSource source)
    {
        try
        {
            PoisonInjector.Inject(region, Lost + 100, source);
        }
        catch (PlatformNotSupportedException refusal)
        {
            Assert.Skip(refusal.Message);
        }
        using var destination = new NativeRegion(NativeRegion.PageSize);
        // Poison that does not fault would prove nothing.
        Assert.Equal(1u, CopyEngine.Shared.Copy(region.Pointer + Lost + 5, destination.Pointer, 1));
    }

    private static void AssertNeighboursIntact(NativeRegion region)
    {
        byte[] expected = new byte[Pages * NativeRegion.PageSize];
        Pattern.Fill(expected, seed: 15);
        Assert.True(expected.AsSpan(0, Lost).SequenceEqual(region.Span[..Lost]));
        Assert.True(expected.AsSpan(Lost + NativeRegion.PageSize).SequenceEqual(region.Span[(Lost + NativeRegion.PageSize)..]));
    }

    /// <summary>What /proc/self/smaps says of the region's mappings: permissions, what is mapped, and the kernel's flags, each once.</summary>
    private static string Flags(NativeRegion region)
    {
        ulong start = (ulong)region.Pointer, end = start + region.Length;
        var flags = new SortedSet<string>(StringComparer.Ordinal);
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Split('-') is [string from, string to] && ulong.TryParse(from, System.Globalization.NumberStyles.HexNumber, null, out ulong first))
            {
                inside = first < end && ulong.Parse(to, System.Globalization.NumberStyles.HexNumber) > start;
                if (inside)
                    flags.Add($"{words[1]} {string.Join(' ', words[5..])}");
            }
            else if (inside && words[0] == "VmFlags:")
            {
                flags.Add(line);
            }
        }
        Assert.NotEmpty(flags);
        return string.Join('\n', flags);
    }

    private static string Signals() =>
        string.Join('\n', File.ReadLines("/proc/thread-self/status").Where(line => line.StartsWith("Sig", StringComparison.Ordinal) && !line.StartsWith("SigQ", StringComparison.Ordinal)));
}
