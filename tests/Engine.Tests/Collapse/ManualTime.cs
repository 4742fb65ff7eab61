namespace CopyMc.Engine.Tests.Collapse;

/// <summary>A clock that stands still until it is told to go on to the next timer, and remembers what it was asked to wait for.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<TimeSpan> _waits = [];
    private Action? _pending;

    /// <summary>How long each timer was to run, in the order in which they were set.</summary>
    internal IReadOnlyList<TimeSpan> Waits => _waits;

    /// <summary>Lets the timer that is running end.</summary>
    internal void Elapse()
    {
        Action due = Interlocked.Exchange(ref _pending, null) ?? throw new InvalidOperationException("Nobody waits.");
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
