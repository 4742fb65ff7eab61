namespace CopyMc.Bench.Watch;

/// <summary>Copies that met poison, by the kind of fault.</summary>
internal readonly record struct PoisonHits(long KnownPoison, long MachineChecks, long BusErrors, long AccessViolations)
{
    internal long Total => KnownPoison + MachineChecks + BusErrors + AccessViolations;
}
