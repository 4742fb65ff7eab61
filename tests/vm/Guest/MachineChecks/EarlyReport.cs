using System.Diagnostics;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>The kernel handles what is reported to it in a worker of its own: the signal comes a little later.</summary>
internal static class EarlyReport
{
    private const int LinesOfPage = NativeRegion.PageSize / PoisonMap.LineSize;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits until a map has learned of one bad page.</summary>
    internal static void Await(PoisonMap map)
    {
        long start = Stopwatch.GetTimestamp();
        while (map.PoisonedLineCount == 0 && Stopwatch.GetElapsedTime(start) < s_patience)
            Thread.Sleep(1);
        Require.Equal(LinesOfPage, map.PoisonedLineCount);
    }
}
