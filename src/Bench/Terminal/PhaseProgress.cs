namespace CopyMc.Bench.Terminal;

/// <summary>How far a phase of a job has come.</summary>
/// <param name="Now">The current step, in a few words.</param>
/// <param name="Fraction">Done so far, from 0 to 1.</param>
internal readonly record struct PhaseProgress(string Now, double Fraction);
