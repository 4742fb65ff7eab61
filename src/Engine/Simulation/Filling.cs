namespace CopyMc.Simulation;

/// <summary>What userfaultfd puts where a page is missing (<c>enum mfill_atomic_mode</c>).</summary>
internal enum Filling
{
    Copy,
    Zero,
    Continue,
    Poison,
}
