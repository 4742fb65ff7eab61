using System.Diagnostics;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>Waits for an early report: the kernel handles bad frames in a worker, so its signal is late.</summary>
internal static class EarlyReport
{
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>Waits until one bad page is marked in a map.</summary>
    internal static void Await(PoisonMap map)
    {
        long start = Stopwatch.GetTimestamp();
        while (map.PoisonedLineCount == 0 && Stopwatch.GetElapsedTime(start) < s_timeout)
            Thread.Sleep(1);
        Require.Equal(LinesOfPage, map.PoisonedLineCount);
    }
}
