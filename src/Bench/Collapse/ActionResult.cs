using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse;

/// <summary>How an action on the machine ended.</summary>
/// <param name="IsDone">Whether it was done.</param>
/// <param name="IsWaiting">Whether it waits, and can be tried again.</param>
/// <param name="Text">How, in words: <c>done</c>, the errno, the signal, or what is waited for.</param>
internal readonly record struct ActionResult(bool IsDone, bool IsWaiting, string Text)
{
    internal static ActionResult Done { get; } = new(IsDone: true, IsWaiting: false, "done");

    internal static ActionResult Waiting { get; } = new(IsDone: false, IsWaiting: true, "waits");

    internal static ActionResult NoPage { get; } = new(IsDone: false, IsWaiting: false, "no page is there");

    public static implicit operator ActionResult(AccessResult result) =>
        result.IsDone ? Done : new(IsDone: false, result.IsWaiting, result.ToString());

    public static implicit operator ActionResult(SystemCallResult result) =>
        result.IsDone ? Done : new(IsDone: false, result.IsWaiting, result.ToString());

    public override string ToString() => Text;
}
