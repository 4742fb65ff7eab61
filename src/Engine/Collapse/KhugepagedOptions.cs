namespace CopyMc.Collapse;

/// <summary>What khugepaged is set to (<c>/sys/kernel/mm/transparent_hugepage/khugepaged</c>). All values are read when it is made.</summary>
public sealed class KhugepagedOptions
{
    /// <summary>Pages of 4 KiB looked at in one batch.</summary>
    public int PagesToScan { get; init; } = 4096;

    /// <summary>The pause after a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can run: 49 days.</exception>
    public TimeSpan ScanSleep { get; init => field = Checked(value, nameof(ScanSleep)); } = TimeSpan.FromSeconds(10);

    /// <summary>The pause in the middle of a batch, when no huge page was to be had for the first time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or longer than a timer can run: 49 days.</exception>
    public TimeSpan AllocSleep { get; init => field = Checked(value, nameof(AllocSleep)); } = TimeSpan.FromSeconds(60);

    /// <summary>What it accepts in a range.</summary>
    public CollapseLimits Limits { get; init; } = new();

    /// <summary>The clock that it sleeps by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called before each step: see <see cref="CollapseOptions.BeforeStep"/>.</summary>
    public Action<CollapseOperation>? BeforeStep { get; init; }

    /// <summary>Where events are written; <see langword="null"/>: nowhere.</summary>
    public CollapseTrace? Trace { get; init; }

    private static TimeSpan Checked(TimeSpan sleep, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sleep, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sleep, TimeSpan.FromMilliseconds(uint.MaxValue - 1), name);
        return sleep;
    }
}
