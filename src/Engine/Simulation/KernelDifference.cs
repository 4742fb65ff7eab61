namespace CopyMc.Simulation;

/// <summary>A difference in behaviour between kernels before and since a release.</summary>
/// <param name="Name">The property of <see cref="KernelBehavior"/> that is true since then.</param>
/// <param name="Since">The first release that has it.</param>
/// <param name="Before">The earlier behaviour, in a sentence.</param>
/// <param name="After">The behaviour since then, in a sentence.</param>
/// <param name="Commit">The commit's subject line, and its hash in brackets if it is certain.</param>
/// <param name="Evidence">The evidence.</param>
public sealed record KernelDifference(string Name, KernelVersion Since, string Before, string After, string Commit, KernelEvidence Evidence);
