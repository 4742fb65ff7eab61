namespace CopyMc;

/// <summary>Poisons memory on purpose, and heals it. Tries each source once to find out whether it works on this machine.</summary>
/// <remarks>
/// <para>
/// Injecting and healing leave no descriptor, mapping or signal state behind. All sources but <see cref="PoisonSource.Bitmap"/> act on
/// the whole page (or hugetlb page) that holds the byte, and its content is lost, as with real poison.
/// </para>
/// <para>Thread-safe, as long as two threads do not inject into or heal the same page at once.</para>
/// </remarks>
public static unsafe class PoisonInjector
{
    private static readonly Lazy<IReadOnlyDictionary<PoisonSource, string?>> s_reasons = new(TryAll);

    /// <summary>The sources that work on this machine, from the easiest to the most real.</summary>
    public static IReadOnlyList<PoisonSource> Supported =>
        [.. Enum.GetValues<PoisonSource>().Where(source => UnsupportedReason(source) is null)];

    /// <summary>Says why a source does not work on this machine.</summary>
    /// <param name="source">The source.</param>
    /// <returns>The reason; <see langword="null"/> if the source works.</returns>
    public static string? UnsupportedReason(PoisonSource source) => s_reasons.Value.TryGetValue(source, out string? reason)
        ? reason
        : throw new ArgumentOutOfRangeException(nameof(source), source, "The poison source is not defined.");

    /// <summary>Poisons the line (<see cref="PoisonSource.Bitmap"/>) or page that holds one byte.</summary>
    /// <param name="region">The region.</param>
    /// <param name="offset">Bytes from its start to the byte.</param>
    /// <param name="source">How to poison it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is outside the region.</exception>
    /// <exception cref="PlatformNotSupportedException">The source does not work on this machine, or not in this region; the message says why.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public static void Inject(NativeRegion region, nuint offset, PoisonSource source)
    {
        ArgumentNullException.ThrowIfNull(region);
        byte* start = region.Pointer;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, region.Length);
        string? reason = UnsupportedReason(source);
        if (reason is null && source == PoisonSource.Bitmap)
        {
            region.Poison.Mark(offset);
            return;
        }
        nuint page = offset & ~(UnitOf(region) - 1);
        reason ??= InjectPage(start + page, UnitOf(region), source);
        if (reason is not null)
            throw new PlatformNotSupportedException($"{source} cannot poison this memory: {reason.TrimEnd('.')}.");
    }

    /// <summary>
    /// Makes a range of a region healthy again: fresh pages, and no marks in the region's map. Pages that were poisoned by any source but
    /// <see cref="PoisonSource.Bitmap"/> come back as zeros (or with the content of the file behind the region).
    /// </summary>
    /// <param name="region">The region.</param>
    /// <param name="offset">Bytes from its start to the range.</param>
    /// <param name="length">Bytes in the range; every page it touches is healed.</param>
    /// <param name="source">How the range was poisoned.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches outside the region.</exception>
    /// <exception cref="IOException">A system call failed; the message says which and why.</exception>
    /// <exception cref="ObjectDisposedException">The region is disposed.</exception>
    public static void Heal(NativeRegion region, nuint offset, nuint length, PoisonSource source)
    {
        ArgumentNullException.ThrowIfNull(region);
        byte* start = region.Pointer;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, region.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, region.Length - offset);
        if (length == 0)
            return;
        if (source == PoisonSource.Bitmap)
        {
            region.Poison.Clear(offset, length);
            return;
        }

        nuint unit = UnitOf(region);
        nuint first = offset & ~(unit - 1);
        nuint end = (offset + length + unit - 1) & ~(unit - 1);
        region.Remap(first, end - first, source);
        region.Poison.Clear(first, nuint.Min(end, region.Length) - first);
    }

    private static nuint UnitOf(NativeRegion region) =>
        region.Pages == PageKind.HugeTlb ? NativeRegion.HugePageSize : (nuint)NativeRegion.PageSize;

    /// <summary>Returns null, or the call that failed and the reason.</summary>
    private static string? InjectPage(byte* page, nuint length, PoisonSource source) => source switch
    {
        PoisonSource.TruncatedMapping => TruncatedMapping.ReplaceWith(page, length),
        PoisonSource.UffdPoison => UserfaultfdPoison.Install(page, length),
        PoisonSource.HwPoison => HwPoison.Inject(page),
        _ => null,
    };

    private static Dictionary<PoisonSource, string?> TryAll()
    {
        var reasons = new Dictionary<PoisonSource, string?> { [PoisonSource.Bitmap] = null };
        if (!OperatingSystem.IsLinux())
        {
            foreach (PoisonSource source in Enum.GetValues<PoisonSource>().Where(source => source != PoisonSource.Bitmap))
                reasons[source] = "it needs Linux";
            return reasons;
        }
        // The trials change only these two pages, and the trial of HwPoison loses no frame.
        using var region = new NativeRegion(2 * NativeRegion.PageSize);
        reasons[PoisonSource.TruncatedMapping] = TruncatedMapping.ReplaceWith(region.Pointer, NativeRegion.PageSize);
        reasons[PoisonSource.UffdPoison] = UserfaultfdPoison.Install(region.Pointer + NativeRegion.PageSize, NativeRegion.PageSize);
        reasons[PoisonSource.HwPoison] = HwPoison.UnsupportedReason();
        return reasons;
    }
}
