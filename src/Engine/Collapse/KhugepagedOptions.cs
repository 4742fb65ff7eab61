using CopyMc.Simulation;

namespace CopyMc.Collapse;

/// <summary>Settings of <see cref="Khugepaged"/> (<c>/sys/kernel/mm/transparent_hugepage/khugepaged</c>).</summary>
public sealed class KhugepagedOptions
{
    /// <summary>Pages of 4 KiB scanned in one batch.</summary>
    public int PagesToScan { get; init; } = 4096;

    /// <summary>The pause after a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can run: 49 days.</exception>
    public TimeSpan ScanSleep { get; init => field = Checked(value, nameof(ScanSleep)); } = TimeSpan.FromSeconds(10);

    /// <summary>The pause in a batch after the first time that no huge page was free.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can run: 49 days.</exception>
    public TimeSpan AllocSleep { get; init => field = Checked(value, nameof(AllocSleep)); } = TimeSpan.FromSeconds(60);

    /// <summary>The limits for a range.</summary>
    public CollapseLimits Limits { get; init; } = new();

    /// <summary>The clock for the pauses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called before each step: see <see cref="CollapseOptions.BeforeStep"/>.</summary>
    public Action<CollapseOperation>? BeforeStep { get; init; }

    /// <summary>Called after each range with its process and its result.</summary>
    public Action<AddressSpace, RangeResult>? AfterRange { get; init; }

    /// <summary>Receives the events; <see langword="null"/>: they are not recorded.</summary>
    public CollapseTrace? Trace { get; init; }

    private static TimeSpan Checked(TimeSpan sleep, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sleep, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sleep, TimeSpan.FromMilliseconds(uint.MaxValue - 1), name);
        return sleep;
    }
}
