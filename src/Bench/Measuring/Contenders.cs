namespace CopyMc.Bench.Measuring;

/// <summary>The contenders of each run.</summary>
internal static class Contenders
{
    /// <summary>The method that the others are compared with.</summary>
    internal const string Baseline = "NativeMemory.Copy";

    internal const string LibraryCopy = "C memcpy";
    internal const string ManagedCopy = "Span.CopyTo";
    internal const string Shared = "CopyEngine.Shared";
    internal const string StreamingEngine = "CopyEngine (streaming)";

    private const string RawPrefix = "raw ";

    /// <summary>The shared engine, the copies of .NET and the C library, and every kernel that runs here, called through an engine.</summary>
    internal static IReadOnlyList<Contender> All(CopyEngine shared) =>
    [
        new Contender<EngineCopy>(Shared, new EngineCopy(shared)),
        new Contender<NativeMemoryCopy>(Baseline, default),
        new Contender<SpanCopy>(ManagedCopy, default),
        new Contender<LibcCopy>(LibraryCopy, default),
        .. CopyKernel.Available.Select(kernel =>
            new Contender<EngineCopy>(kernel.Name, new EngineCopy(new CopyEngine(new CopyEngineOptions { Kernel = kernel })))),
    ];

    /// <summary>The engine for a hint, followed by the copies that check nothing.</summary>
    internal static IReadOnlyList<Contender> Quick(MeasurementPoint point, CopyEngine engine) =>
    [
        new Contender<EngineCopy>(point.Hint == CopyHint.Streaming ? StreamingEngine : Shared, new EngineCopy(engine)),
        new Contender<NativeMemoryCopy>(Baseline, default),
        new Contender<LibcCopy>(LibraryCopy, default),
        .. Yardsticks.RawCopies.Where(copy => point.MayGoAroundCache || !copy.AroundCache).Select(copy => new Contender<RawCopy>(RawPrefix + copy.Name, copy)),
    ];

    /// <summary>Whether a contender is a copy without checks and recovery, for the roofline. The C library's copy is one.</summary>
    internal static bool IsRaw(string name) => name == LibraryCopy || name.StartsWith(RawPrefix, StringComparison.Ordinal);

    /// <summary>Whether a contender belongs to .NET, the C library or the yardsticks, so that no change of the engine affects it.</summary>
    internal static bool IsControl(string name) => name is Baseline or ManagedCopy || IsRaw(name);

    /// <summary>The name of a contender's compiled loop, which several contenders may share.</summary>
    internal static string CodeOf(string name) => name.StartsWith(RawPrefix, StringComparison.Ordinal) ? RawPrefix : name;
}
