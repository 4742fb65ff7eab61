using System.Runtime.InteropServices;

namespace CopyMc;

/// <summary>
/// The lengths from which copies use other instructions on this CPU, and which ones. The values come from a table of CPUs, or from a profile: a
/// file that <c>copymc tune</c> writes and <c>COPYMC_TUNING</c> names. They change the speed of copies, never their results.
/// </summary>
/// <remarks>Immutable and thread-safe. docs/performance.md describes the table, native/mce_stub/src/tuning_profile.c the profile.</remarks>
public sealed unsafe record CopyTuning
{
    private CopyTuning()
    {
    }

    /// <summary>The values of this process.</summary>
    public static CopyTuning Current { get; } = MceStub.IsLoaded ? Read() : new CopyTuning();

    /// <summary>Where the values come from: the entry of the table and whether it was measured (<c>AMD Zen 5: measured</c>), or the profile.</summary>
    public string Source { get; private init; } = "the cautious choice, because native kernels are not available";

    /// <summary>Why the profile that <c>COPYMC_TUNING</c> names is not used; <see langword="null"/> if it is, or if there is none.</summary>
    public string? ProfileProblem { get; private init; }

    /// <summary>The CPU as <c>COPYMC_CPU</c> and profiles name it: vendor, family and model (<c>AMD 25 1</c>).</summary>
    public string Cpu { get; private init; } = "other 0 0";

    /// <summary>The length in bytes above which the <c>-erms</c> kernels use one <c>rep movsb</c>.</summary>
    public nuint StringCopyAbove { get; private init; } = nuint.MaxValue;

    /// <summary>
    /// A mask, 4095 or 63. <c>rep movsb</c> is not used if <c>(destination - source) &amp; mask</c> is 1 to 63 bytes.
    /// </summary>
    public int StringCopyDistance { get; private init; } = 63;

    /// <summary>Whether the AVX-512 loops move 32 bytes at a time.</summary>
    public bool LoopInHalves { get; private init; }

    /// <summary>The length in bytes from which a streaming kernel streams. Kernels copy at most 2 MiB at a time.</summary>
    public nuint StreamsHintedFrom { get; private init; } = 128 * 1024;

    /// <summary>The length in bytes from which copies with <see cref="CopyHint.UsedSoon"/> stream too; <see cref="nuint.MaxValue"/>: never.</summary>
    public nuint StreamsFrom { get; private init; } = nuint.MaxValue;

    /// <summary>Whether streaming loops prefetch, 4 KiB ahead.</summary>
    public bool StreamingPrefetches { get; private init; }

    /// <summary>The kernel that the profile names; <see langword="null"/>: the first of <see cref="CopyKernel.Available"/>.</summary>
    public string? Kernel { get; private init; }

    /// <summary>The kernel for <see cref="CopyHint.Streaming"/> that the profile names; <see langword="null"/>: the first that streams.</summary>
    public string? StreamingKernel { get; private init; }

    private static CopyTuning Read()
    {
        TuningRecord record = MceStub.Tuning();
        return new CopyTuning
        {
            Source = MceStub.Text("mce_tuning_name")!,
            ProfileProblem = MceStub.Text("mce_tuning_problem"),
            Cpu = MceStub.Text("mce_cpu_name")!,
            StringCopyAbove = record.StringCopyAbove,
            StringCopyDistance = (int)record.StringCopyDistance,
            LoopInHalves = record.LoopInHalves != 0,
            StreamsHintedFrom = record.StreamsHintedFrom,
            StreamsFrom = record.StreamsFrom,
            StreamingPrefetches = record.StreamingForm != 0,
            Kernel = Name(record.Kernel),
            StreamingKernel = Name(record.StreamingKernel),
        };
    }

    private static string? Name(byte* name) => Marshal.PtrToStringUTF8((nint)name) is { Length: > 0 } text ? text : null;
}
