namespace CopyMc.Simulation;

/// <summary>Whether a process refuses transparent huge pages (<c>PR_SET_THP_DISABLE</c>).</summary>
public enum ThpDisable
{
    /// <summary>It does not.</summary>
    Off,

    /// <summary>It refuses all of them.</summary>
    Completely,

    /// <summary>It refuses them except in areas with <see cref="VmaFlags.HugePage"/>, and accepts <c>MADV_COLLAPSE</c> there (<c>PR_THP_DISABLE_EXCEPT_ADVISED</c>, Linux 6.18).</summary>
    ExceptAdvised,
}
