using System.Diagnostics;

namespace CopyMc.Diagnostics;

/// <summary>
/// Estimates the bytes and the number of short copies: counts all of them for about one millisecond in 400 and scales up. Counting takes most of
/// the 3 ns of a copy of 64 bytes; sampling costs under 1 % with a listener and nothing without.
/// </summary>
/// <remarks>Runs on its own thread, from the first reading of a counter until there is no listener.</remarks>
internal static class ShortCopySampler
{
    /// <summary>The ratio of time between windows to time in a window, because a counted copy takes up to four times as long.</summary>
    private const double Rest = 400;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(1);

    private static readonly List<WeakReference<CopyEngine>> s_engines = [];

    private static int s_running;
    private static long s_estimatedBytes;
    private static long s_estimatedCopies;

    /// <summary>Bytes moved by short copies while there was a listener.</summary>
    internal static long EstimatedBytes => Volatile.Read(ref s_estimatedBytes);

    /// <summary>Number of short copies while there was a listener.</summary>
    internal static long EstimatedCopies => Volatile.Read(ref s_estimatedCopies);

    /// <summary>Adds an engine with a short path, which counts nothing.</summary>
    internal static void Add(CopyEngine engine)
    {
        lock (s_engines)
        {
            // Not each time: engines stay until a collection.
            if (s_engines.Count == s_engines.Capacity)
                s_engines.RemoveAll(other => !other.TryGetTarget(out _));
            s_engines.Add(new WeakReference<CopyEngine>(engine));
        }
    }

    /// <summary>Starts counting until there is no listener. Does nothing if it runs already.</summary>
    internal static void Start()
    {
        if (Interlocked.Exchange(ref s_running, 1) != 0)
            return;
        Volatile.Write(ref CopyCounters.LeastCounted, CopyCounters.LongestShortCopy + 1);
        new Thread(Run) { IsBackground = true, Name = "CopyMc counters" }.Start();
    }

    private static void Run()
    {
        long restedSince = Stopwatch.GetTimestamp();
        // The first window comes soon; later ones keep the ratio.
        TimeSpan rest = s_window;
        while (EngineMeter.IsListenedTo)
        {
            Thread.Sleep(rest);
            TimeSpan window = CountWindow(ref restedSince);
            // Random, so that the windows do not fall into step with a period of the program.
            rest = window * Rest * (0.5 + Random.Shared.NextDouble());
        }
        Volatile.Write(ref CopyCounters.LeastCounted, CopyCounters.Nothing);
        Volatile.Write(ref s_running, 0);
    }

    /// <summary>Counts for about a millisecond and scales the counts to the time since <paramref name="restedSince"/>.</summary>
    private static TimeSpan CountWindow(ref long restedSince)
    {
        CounterCell before = CopyCounters.Sum();
        long start = Stopwatch.GetTimestamp();
        Volatile.Write(ref CopyCounters.LeastCounted, 1);
        SetShortPaths(open: false);
        Thread.Sleep(s_window);
        SetShortPaths(open: true);
        Volatile.Write(ref CopyCounters.LeastCounted, CopyCounters.LongestShortCopy + 1);
        long end = Stopwatch.GetTimestamp();
        CounterCell after = CopyCounters.Sum();

        double factor = (double)(end - restedSince) / (end - start);
        Interlocked.Add(ref s_estimatedBytes, (long)((after.SampledBytes - before.SampledBytes) * factor));
        Interlocked.Add(ref s_estimatedCopies, (long)((after.SampledCopies - before.SampledCopies) * factor));
        restedSince = end;
        return Stopwatch.GetElapsedTime(start, end);
    }

    private static void SetShortPaths(bool open)
    {
        lock (s_engines)
        {
            foreach (WeakReference<CopyEngine> engine in s_engines)
            {
                if (engine.TryGetTarget(out CopyEngine? target))
                    target.SetShortPath(open);
            }
        }
    }
}
