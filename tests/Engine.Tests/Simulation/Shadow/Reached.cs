namespace CopyMc.Engine.Tests.Simulation.Shadow;

/// <summary>The cases that the random sequences must reach, so that they test them.</summary>
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
