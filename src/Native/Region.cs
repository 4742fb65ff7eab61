namespace CopyMc.Native;

/// <summary>A region of the program, or the memory of a machine.</summary>
/// <param name="Memory">The region.</param>
/// <param name="IsOfMachine">Whether a machine owns it.</param>
internal sealed record Region(NativeRegion Memory, bool IsOfMachine);
