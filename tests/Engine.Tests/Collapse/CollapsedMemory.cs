namespace CopyMc.Engine.Tests.Collapse;

/// <summary>What kinds of memory the simulated machine collapses.</summary>
public enum CollapsedMemory
{
    Anonymous,
    Shmem,
    RegularFile,
}
