namespace CopyMc.Bench.Watch;

/// <summary>Copies that met poison, by what it was.</summary>
internal readonly record struct PoisonHits(long KnownPoison, long MachineChecks, long BusErrors, long AccessViolations)
{
    internal long Total => KnownPoison + MachineChecks + BusErrors + AccessViolations;
}
