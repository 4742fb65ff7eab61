namespace CopyMc.Bench.Watch;

/// <summary>A signal that stopped a copy.</summary>
/// <param name="Seconds">Since the watch began.</param>
/// <param name="Kind">The kind of the fault.</param>
/// <param name="Side">The side of the copy.</param>
/// <param name="Address">The first byte lost, in hexadecimal.</param>
/// <param name="ExtentBytes">Bytes lost.</param>
internal sealed record WatchedFault(double Seconds, CopyFaultKind Kind, CopySide Side, string Address, long ExtentBytes);
