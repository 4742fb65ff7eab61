namespace CopyMc.Simulation;

/// <summary>How <c>mremap(2)</c> moves memory (<c>MREMAP_</c>).</summary>
[Flags]
public enum RemapFlags
{
    /// <summary>The memory stays where it is: it can only shrink, or grow into free space.</summary>
    None = 0,

    /// <summary>It may move.</summary>
    MayMove = 1,

    /// <summary>It moves to the address that is given; what is mapped there is unmapped.</summary>
    Fixed = 2,

    /// <summary>The old range stays mapped, without its pages.</summary>
    DontUnmap = 4,
}
