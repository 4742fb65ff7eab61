namespace CopyMc.Bench.Recovery;

/// <summary>The handler of SIGBUS while a method is measured.</summary>
internal enum SignalSetup
{
    /// <summary>The engine's handler.</summary>
    Engine,

    /// <summary>A handler that steps over the instruction.</summary>
    Floor,

    /// <summary>A handler that jumps out, with SIGBUS blocked while it runs.</summary>
    LongJump,

    /// <summary>The same with SIGBUS not blocked (SA_NODEFER).</summary>
    LongJumpWithoutMask,
}
