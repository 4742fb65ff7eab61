namespace CopyMc.Bench.Recovery;

/// <summary>Who handles SIGBUS while a method is measured.</summary>
internal enum SignalSetup
{
    /// <summary>The engine's handler, as everywhere else.</summary>
    Engine,

    /// <summary>One that steps over the instruction.</summary>
    Floor,

    /// <summary>One that jumps out, with SIGBUS blocked while it runs.</summary>
    LongJump,

    /// <summary>One that jumps out, without (SA_NODEFER).</summary>
    LongJumpWithoutMask,
}
