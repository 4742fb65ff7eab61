namespace CopyMc.Contract;

/// <summary>
/// Frames of the machine's memory that the kernel is told are bad, and that it gets back afterwards, so that a test may lose as many as it
/// likes. Through hwpoison-inject, which every distribution's kernel with <c>CONFIG_MEMORY_FAILURE</c> brings as a module.
/// </summary>
public sealed unsafe class PoisonedFrames
{
    private const string Module = "/sys/kernel/debug/hwpoison";

    private readonly List<ulong> _frames = [];

    private PoisonedFrames()
    {
    }

    /// <summary>This machine's.</summary>
    public static PoisonedFrames Machine { get; } = new();

    /// <summary>Why there are none here; <see langword="null"/> if there are.</summary>
    public static string? UnsupportedReason =>
        FaultRecovery.UnsupportedReason ?? RealPoison.UnusableReason(PoisonSource.HwPoison) ?? PoisonScan.UnsupportedReason
        ?? (File.Exists($"{Module}/unpoison-pfn") ? null : "it needs the kernel's module hwpoison-inject, and debugfs");

    /// <summary>Has the kernel give up one page by <c>MADV_HWPOISON</c>.</summary>
    internal void Inject(NativeRegion region, nuint offset)
    {
        _frames.Add(FrameOf(region.Pointer + offset));
        PoisonInjector.Inject(region, offset, PoisonSource.HwPoison);
    }

    /// <summary>Has the kernel find a frame bad by itself, as a patrol scrubber would: nobody has touched it.</summary>
    internal void Report(NativeRegion region, nuint offset)
    {
        _frames.Add(FrameOf(region.Pointer + offset));
        Write("corrupt-pfn", _frames[^1]);
    }

    /// <summary>Heals the range and gives the kernel all frames back.</summary>
    internal void Heal(NativeRegion region, nuint offset, nuint length)
    {
        PoisonInjector.Heal(region, offset, length, PoisonSource.HwPoison);
        foreach (ulong frame in _frames)
            Write("unpoison-pfn", frame);
        _frames.Clear();
    }

    /// <inheritdoc/>
    public override string ToString() => "MADV_HWPOISON";

    private static ulong FrameOf(byte* page)
    {
        // Written, so that it has a frame of its own.
        *page = *page;
        using var pages = new PageMapFile();
        Span<PageMapEntry> entry = stackalloc PageMapEntry[1];
        pages.Read((nuint)page, entry);
        return entry[0].Frame;
    }

    private static void Write(string file, ulong frame) => File.WriteAllText($"{Module}/{file}", $"{frame}");
}
