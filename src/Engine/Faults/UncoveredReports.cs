namespace CopyMc;

/// <summary>What happens to an early report of poison in memory that no <see cref="PoisonMap"/> covers.</summary>
public enum UncoveredReports
{
    /// <summary>It goes to the handler that was installed before. The one of .NET survives the first such signal, and kills the process at the second.</summary>
    PassOn = 0,

    /// <summary>It is counted in <see cref="FaultRecovery.UncoveredReportCount"/>, and the process goes on: nobody has touched the memory.</summary>
    Count = 1,
}
