namespace CopyMc.Bench.Recovery;

/// <summary>The role of a method in the measurement of recovery.</summary>
internal enum CostRole
{
    /// <summary>The engine, with one of its kernels.</summary>
    Engine,

    /// <summary>The cheapest possible fault: a SIGBUS whose handler steps over the instruction.</summary>
    Floor,

    /// <summary>Another way to survive poison.</summary>
    Peer,
}
