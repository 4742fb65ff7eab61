namespace CopyMc.Contract;

/// <summary>
/// Page frames that a test poisons and then returns to the kernel, so that it may use any number. Uses hwpoison-inject, a module of every
/// distribution's kernel with <c>CONFIG_MEMORY_FAILURE</c>.
/// </summary>
public sealed unsafe class PoisonedFrames
{
    private const string Module = "/sys/kernel/debug/hwpoison";

    private readonly List<ulong> _frames = [];

    private PoisonedFrames()
    {
    }

    /// <summary>The frames of this machine.</summary>
    public static PoisonedFrames Machine { get; } = new();

    /// <summary>Why frames cannot be poisoned here; <see langword="null"/> if they can.</summary>
    public static string? UnsupportedReason =>
        FaultRecovery.UnsupportedReason ?? RealPoison.UnusableReason(PoisonSource.HwPoison) ?? PoisonScan.UnsupportedReason
        ?? (File.Exists($"{Module}/unpoison-pfn") ? null : "it needs the kernel's module hwpoison-inject, and debugfs");

    /// <summary>Poisons one page with <c>MADV_HWPOISON</c>.</summary>
    internal void Inject(NativeRegion region, nuint offset)
    {
        _frames.Add(FrameOf(region.Pointer + offset));
        PoisonInjector.Inject(region, offset, PoisonSource.HwPoison);
    }

    /// <summary>Reports a frame as bad without an access, as a patrol scrubber does.</summary>
    internal void Report(NativeRegion region, nuint offset)
    {
        _frames.Add(FrameOf(region.Pointer + offset));
        Write("corrupt-pfn", _frames[^1]);
    }

    /// <summary>Heals the range and returns all frames to the kernel.</summary>
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
        // Write the page, so that it has its own frame.
        *page = *page;
        using var pages = new PageMapFile();
        Span<PageMapEntry> entry = stackalloc PageMapEntry[1];
        pages.Read((nuint)page, entry);
        return entry[0].Frame;
    }

    private static void Write(string file, ulong frame) => File.WriteAllText($"{Module}/{file}", $"{frame}");
}
