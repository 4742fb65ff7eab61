namespace CopyMc.Contract.Promises;

/// <summary>A page that was poisoned and healed is like its neighbours, which are unaffected.</summary>
public sealed unsafe class Healing
{
    private const int Pages = 8;
    private const int Lost = 3 * NativeRegion.PageSize;

    public void The_neighbours_keep_their_content(PoisonSource source, RegionKind kind)
    {
        using NativeRegion region = Make(kind);
        Inject(region, source);
        CheckNeighboursIntact(region);
        PoisonInjector.Heal(region, Lost, 1, source);
        CheckNeighboursIntact(region);

        region.Span.Fill(7);
        Require.Equal(-1, region.Span.IndexOfAnyExcept((byte)7));
    }

    public void The_mapping_is_unchanged(PoisonSource source, RegionKind kind)
    {
        using NativeRegion region = Make(kind);
        string before = Flags(region), signals = Signals();
        Inject(region, source);
        Require.Equal(signals, Signals());
        PoisonInjector.Heal(region, Lost, 1, source);
        Require.Equal(before, Flags(region));
        Require.Equal(signals, Signals());
    }

    public void Healing_healthy_pages_leaves_the_region_readable(PoisonSource source)
    {
        using NativeRegion region = Make(new RegionKind(RegionBacking.Anonymous, PageKind.Small));
        region.Poison.Mark(0, region.Length);
        PoisonInjector.Heal(region, 0, region.Length, source);
        Require.Equal(0, region.Poison.PoisonedLineCount);
        Require.Equal(-1, region.Span.IndexOfAnyExcept((byte)0));
    }

    private static NativeRegion Make(RegionKind kind)
    {
        NativeRegion region = kind.Make(Pages * NativeRegion.PageSize);
        Pattern.Fill(region.Span, seed: 15);
        return region;
    }

    /// <summary>Tries whether the source works on this kind of region.</summary>
    private static void Inject(NativeRegion region, PoisonSource source)
    {
        try
        {
            PoisonInjector.Inject(region, Lost + 100, source);
        }
        catch (PlatformNotSupportedException refusal)
        {
            Require.Unavailable(refusal.Message);
        }
        using var destination = new NativeRegion(NativeRegion.PageSize);
        // Without a fault the promise would prove nothing.
        Require.Equal(1u, CopyEngine.Shared.Copy(region.Pointer + Lost + 5, destination.Pointer, 1));
    }

    private static void CheckNeighboursIntact(NativeRegion region)
    {
        byte[] expected = new byte[region.Length];
        Pattern.Fill(expected, seed: 15);
        Require.True(expected.AsSpan(0, Lost).SequenceEqual(region.Span[..Lost]));
        Require.True(expected.AsSpan(Lost + NativeRegion.PageSize).SequenceEqual(region.Span[(Lost + NativeRegion.PageSize)..]));
    }

    /// <summary>The distinct permissions, files and VmFlags of the region's mappings in /proc/self/smaps.</summary>
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
        Require.NotEqual(0, flags.Count);
        return string.Join('\n', flags);
    }

    private static string Signals() =>
        string.Join('\n', File.ReadLines("/proc/thread-self/status").Where(line => line.StartsWith("Sig", StringComparison.Ordinal) && !line.StartsWith("SigQ", StringComparison.Ordinal)));
}
