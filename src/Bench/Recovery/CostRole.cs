namespace CopyMc.Bench.Recovery;

/// <summary>Who takes part in a measurement of recovery.</summary>
internal enum CostRole
{
    /// <summary>The engine, with one of its kernels.</summary>
    Engine,

    /// <summary>The cheapest fault there is: a SIGBUS whose handler steps over the instruction.</summary>
    Floor,

    /// <summary>Another way to survive.</summary>
    Peer,
}
