using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace CopyMc.Bench.Tracing;

/// <summary>Reads the events of a trace: the copies, the suspensions, and which suspensions were requested during a copy.</summary>
internal sealed class TraceAnalysis
{
    private readonly string _provider;
    private readonly List<CopySpan> _copies = [];
    private readonly List<Suspension> _suspensions = [];
    private readonly int[] _collections = new int[3];
    private readonly Dictionary<int, (int Method, double Start)> _copying = [];
    private long _allocated;
    private long _allocatedInCopies;
    private double _asked = double.NaN;
    private double _stoodStill = double.NaN;
    private long _lost;

    private TraceAnalysis(string provider) => _provider = provider;

    /// <param name="path">A .nettrace file.</param>
    /// <param name="provider">The provider whose CopyStart and CopyStop count.</param>
    internal static TraceAnalysis Of(string path, string provider)
    {
        var analysis = new TraceAnalysis(provider);
        using var source = new EventPipeEventSource(path);
        source.Clr.GCStart += happened => analysis._collections[Math.Clamp(happened.Depth, 0, 2)]++;
        source.Clr.GCSuspendEEStart += analysis.Asked;
        source.Clr.GCSuspendEEStop += happened => analysis._stoodStill = happened.TimeStampRelativeMSec;
        source.Clr.GCRestartEEStop += analysis.Resumed;
        source.Clr.GCAllocationTick += analysis.Allocated;
        source.Dynamic.All += analysis.Copied;
        source.Process();
        analysis._lost = source.EventsLost;
        return analysis;
    }

    internal TraceReport Report(string? file)
    {
        List<Suspension> during = DuringCopies(_copies);
        return new TraceReport(
            file, _copies.Count, _collections, _allocated, _allocatedInCopies, SuspensionCost.Of(during), SuspensionCost.Of([.. _suspensions.Except(during)]), _lost);
    }

    /// <summary>Suspensions that were requested while one of the compared methods copied.</summary>
    internal SuspensionCost During(int method) => SuspensionCost.Of(DuringCopies([.. _copies.Where(copy => copy.Method == method)]));

    private List<Suspension> DuringCopies(List<CopySpan> copies)
    {
        CopySpan[] byStart = [.. copies.OrderBy(copy => copy.Start)];
        var during = new List<Suspension>();
        var underWay = new PriorityQueue<CopySpan, double>();
        int next = 0;
        foreach (Suspension suspension in _suspensions)
        {
            for (; next < byStart.Length && byStart[next].Start <= suspension.Asked; next++)
                underWay.Enqueue(byStart[next], byStart[next].End);
            while (underWay.TryPeek(out _, out double end) && end < suspension.Asked)
                underWay.Dequeue();
            if (underWay.Count > 0)
                during.Add(suspension);
        }
        return during;
    }

    private void Asked(GCSuspendEETraceData happened)
    {
        _asked = happened.TimeStampRelativeMSec;
        _stoodStill = double.NaN;
    }

    /// <summary>The first suspension of a trace may have begun before the trace.</summary>
    private void Resumed(GCNoUserDataTraceData happened)
    {
        if (!double.IsNaN(_asked) && !double.IsNaN(_stoodStill))
            _suspensions.Add(new Suspension(_asked, _stoodStill, happened.TimeStampRelativeMSec));
        _asked = double.NaN;
    }

    private void Allocated(GCAllocationTickTraceData happened)
    {
        _allocated += happened.AllocationAmount64;
        if (_copying.ContainsKey(happened.ThreadID))
            _allocatedInCopies += happened.AllocationAmount64;
    }

    private void Copied(TraceEvent happened)
    {
        if (happened.ProviderName != _provider)
            return;
        if (happened.EventName == "Copy/Start")
            _copying[happened.ThreadID] = (happened.PayloadByName("method") as int? ?? 0, happened.TimeStampRelativeMSec);
        else if (happened.EventName == "Copy/Stop" && _copying.Remove(happened.ThreadID, out (int Method, double Start) copy))
            _copies.Add(new CopySpan(copy.Method, copy.Start, happened.TimeStampRelativeMSec));
    }

    /// <summary>One copy, in milliseconds since the trace began; the method is 0 where none are compared.</summary>
    private readonly record struct CopySpan(int Method, double Start, double End);
}
