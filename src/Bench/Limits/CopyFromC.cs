using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Statistics;

namespace CopyMc.Bench.Limits;

/// <summary>mce_copy, called from C, against memcpy.</summary>
internal static unsafe class CopyFromC
{
    private const string Name = "64 B from C (mce_copy), against memcpy";
    private const double Want = 1.5;

    internal static Limit Measure(MeasurementSettings settings)
    {
        string? skipped = FaultRecovery.UnsupportedReason ?? (Yardsticks.IsAvailable ? null : "libyardsticks.so was not built, which needs a C compiler");
        if (skipped is not null)
            return Limit.Skipped(Name, LimitUnit.Nanoseconds, LimitBound.AtMost, Want, skipped);

        using var source = new NativeRegion(NativeRegion.PageSize);
        using var destination = new NativeRegion(NativeRegion.PageSize);
        AccessPattern pattern = AccessPattern.Over(source, destination, 64, 0, AccessPattern.HalfAPage);
        var checkedCopy = new LoopInC("mce_copy", Yardsticks.RepeatMceCopy, BareKernel.FunctionOf("mce_copy"));
        var library = new LoopInC(Contenders.LibraryCopy, Yardsticks.RepeatMemcpy, NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "memcpy"));
        double[][] times = TimedCopy.Measure(settings, new TimedCopy(checkedCopy, pattern), new TimedCopy(library, pattern));
        return Limit.AtMost(
            Name, LimitUnit.Nanoseconds, Want, TimedCopy.Compare(times[0], times[1], (one, other) => one - other),
            FormattableString.Invariant($"mce_copy {Quartiles.Of(times[0]).Median:F2} ns, memcpy {Quartiles.Of(times[1]).Median:F2} ns"));
    }
}
