namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A clock that advances to the next timer only on request, and records the timers.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];
    private Action? _pending;

    /// <summary>The due time of each timer, in the order in which they were set.</summary>
    internal IReadOnlyList<TimeSpan> Waits => _waits;

    /// <summary>Advances to the end of the running timer.</summary>
    internal void Elapse()
    {
        Action due = Interlocked.Exchange(ref _pending, null) ?? throw new InvalidOperationException("No timer is running.");
        due();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _waits.Add(dueTime);
        _pending = () => callback(state);
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
