namespace CopyMc.Bench.Watch;

/// <summary>A signal handler that the kernel calls instead of the engine's.</summary>
/// <param name="Seconds">Since the watch began, when it was first seen.</param>
/// <param name="Signal">SIGBUS or SIGSEGV.</param>
/// <param name="Position">Where that leaves the engine's handler.</param>
/// <param name="Function">The function and its file; empty: the signal has its default action, or is ignored.</param>
internal sealed record WatchedHandler(double Seconds, string Signal, HandlerPosition Position, string Function)
{
    internal bool IsSameAs(WatchedHandler other) => (Signal, Position, Function) == (other.Signal, other.Position, other.Function);
}
