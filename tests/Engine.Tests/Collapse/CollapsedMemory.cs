namespace CopyMc.Engine.Tests.Collapse;

/// <summary>The kinds of memory that the simulated machine collapses.</summary>
public enum CollapsedMemory
{
    Anonymous,
    Shmem,
    RegularFile,
}
