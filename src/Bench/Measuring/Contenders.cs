namespace CopyMc.Bench.Measuring;

/// <summary>Who takes part in which run.</summary>
internal static class Contenders
{
    /// <summary>What every ratio is taken to.</summary>
    internal const string Baseline = "NativeMemory.Copy";

    internal const string LibraryCopy = "C memcpy";
    internal const string ManagedCopy = "Span.CopyTo";
    internal const string Shared = "CopyEngine.Shared";
    internal const string StreamingEngine = "CopyEngine (streaming)";

    private const string RawPrefix = "raw ";

    /// <summary>The engine as an application gets it, what .NET and the C library have, and every kernel that runs here, through the same path.</summary>
    internal static IReadOnlyList<Contender> All(CopyEngine shared) =>
    [
        new Contender<EngineCopy>(Shared, new EngineCopy(shared)),
        .. Unchecked(),
        .. CopyKernel.Available.Select(kernel =>
            new Contender<EngineCopy>(kernel.Name, new EngineCopy(new CopyEngine(new CopyEngineOptions { Kernel = kernel })))),
    ];

    /// <summary>The engine for a hint, first, against the copies that check nothing.</summary>
    internal static IReadOnlyList<Contender> Quick(MeasurementPoint point, CopyEngine engine) =>
    [
        new Contender<EngineCopy>(point.Hint == CopyHint.Streaming ? StreamingEngine : Shared, new EngineCopy(engine)),
        new Contender<NativeMemoryCopy>(Baseline, default),
        new Contender<LibcCopy>(LibraryCopy, default),
        .. Yardsticks.RawCopies.Where(copy => point.MayGoAroundCache || !copy.AroundCache).Select(copy => new Contender<RawCopy>(RawPrefix + copy.Name, copy)),
    ];

    /// <summary>Whether a contender counts among the best that can be had without checks and recovery: the C library's copy does too.</summary>
    internal static bool IsRaw(string name) => name == LibraryCopy || name.StartsWith(RawPrefix, StringComparison.Ordinal);

    /// <summary>Whether a contender is code of .NET's, of the C library's or of the yardsticks', which no change of the engine changes.</summary>
    internal static bool IsControl(string name) => name is Baseline or ManagedCopy || IsRaw(name);

    /// <summary>Contenders that go through one compiled loop have one name here.</summary>
    internal static string CodeOf(string name) => name.StartsWith(RawPrefix, StringComparison.Ordinal) ? RawPrefix : name;

    private static IEnumerable<Contender> Unchecked() =>
    [
        new Contender<NativeMemoryCopy>(Baseline, default),
        new Contender<SpanCopy>(ManagedCopy, default),
        new Contender<LibcCopy>(LibraryCopy, default),
    ];
}
