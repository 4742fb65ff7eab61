namespace CopyMc.Simulation;

/// <summary>How <c>mremap(2)</c> moves memory (<c>MREMAP_</c>).</summary>
[Flags]
public enum RemapFlags
{
    /// <summary>The memory does not move: it can only shrink, or grow into free space.</summary>
    None = 0,

    /// <summary>It may move.</summary>
    MayMove = 1,

    /// <summary>It moves to the given address, which is unmapped first.</summary>
    Fixed = 2,

    /// <summary>The old range stays mapped, without its pages.</summary>
    DontUnmap = 4,
}
