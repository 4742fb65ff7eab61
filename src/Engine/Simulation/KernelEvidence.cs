namespace CopyMc.Simulation;

/// <summary>The evidence for a difference between kernels.</summary>
public enum KernelEvidence
{
    /// <summary>Read in the source of kernels before and after it.</summary>
    Source,

    /// <summary>Seen on running kernels before and after it, and read in their source.</summary>
    Observed,
}
