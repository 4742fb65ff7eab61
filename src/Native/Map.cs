namespace CopyMc.Native;

/// <summary>A map of the program.</summary>
/// <param name="Marks">The map.</param>
/// <param name="Length">The bytes that it covers.</param>
internal sealed record Map(PoisonMap Marks, nuint Length);
