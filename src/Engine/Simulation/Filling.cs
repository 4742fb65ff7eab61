namespace CopyMc.Simulation;

/// <summary>The kind of entry that userfaultfd sets for a missing page (<c>enum mfill_atomic_mode</c>).</summary>
internal enum Filling
{
    Copy,
    Zero,
    Continue,
    Poison,
}
