using System.Diagnostics;

namespace CopyMc.Diagnostics;

/// <summary>
/// Estimates what short copies move: of every 400 milliseconds or so, all copies of about one are counted, and that stands for the rest. A
/// copy of 64 bytes takes 3 ns, of which counting would take most; this way it costs under 1 % while somebody listens, and nothing while
/// nobody does.
/// </summary>
/// <remarks>A thread of its own, from the first reading of a counter until nobody listens any more.</remarks>
internal static class ShortCopySampler
{
    /// <summary>How much longer it does not count than it does: a copy that is counted takes up to four times as long as otherwise.</summary>
    private const double Rest = 400;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(1);

    private static readonly List<WeakReference<CopyEngine>> s_engines = [];

    private static int s_running;
    private static long s_estimatedBytes;
    private static long s_estimatedCopies;

    /// <summary>Bytes moved by short copies since somebody listens.</summary>
    internal static long EstimatedBytes => Volatile.Read(ref s_estimatedBytes);

    /// <summary>Number of short copies since somebody listens.</summary>
    internal static long EstimatedCopies => Volatile.Read(ref s_estimatedCopies);

    /// <summary>Makes an engine known that has a short way, which counts nothing.</summary>
    internal static void Add(CopyEngine engine)
    {
        lock (s_engines)
        {
            s_engines.RemoveAll(other => !other.TryGetTarget(out _));
            s_engines.Add(new WeakReference<CopyEngine>(engine));
        }
    }

    /// <summary>Counts from now on for as long as anybody listens; nothing if it does already.</summary>
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
        // The first figures soon, later ones as the rest after a window allows.
        TimeSpan rest = s_window;
        while (EngineMeter.IsListenedTo)
        {
            Thread.Sleep(rest);
            TimeSpan window = CountWindow(ref restedSince);
            // Not always the same, so that no rhythm of the program falls in with it.
            rest = window * Rest * (0.5 + Random.Shared.NextDouble());
        }
        Volatile.Write(ref CopyCounters.LeastCounted, CopyCounters.Nothing);
        Volatile.Write(ref s_running, 0);
    }

    /// <summary>Counts for about a millisecond and lets it stand for all the time since <paramref name="restedSince"/>.</summary>
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
