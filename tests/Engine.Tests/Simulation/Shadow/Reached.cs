namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>What the random sequences must come to, or they would show nothing.</summary>
internal enum Reached
{
    PoisonRefusedToLoad,
    PoisonRefusedToStore,
    PoisonInChild,
    PoisonMoved,
    PoisonDropped,
    CollapseSucceeded,
    CollapseMetPoison,
    SwappedOut,
    HugePageRead,
    HolePunched,
    CollapseInterrupted,
}
