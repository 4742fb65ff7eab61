namespace CopyMc.Bench.Watch;

/// <summary>A signal that stopped a copy.</summary>
/// <param name="Seconds">Since the process is watched.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Side">Where it was met.</param>
/// <param name="Address">The first byte lost, in hexadecimal.</param>
/// <param name="ExtentBytes">Bytes lost.</param>
internal sealed record WatchedFault(double Seconds, CopyFaultKind Kind, CopySide Side, string Address, long ExtentBytes);
