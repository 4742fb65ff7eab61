namespace CopyMc.Simulation;

/// <summary>Something that kernels do since one release, and did otherwise before.</summary>
/// <param name="Name">The property of <see cref="KernelBehavior"/> that is true since then.</param>
/// <param name="Since">The first release that has it.</param>
/// <param name="Before">What kernels did before, in a sentence.</param>
/// <param name="After">What they do since, in a sentence.</param>
/// <param name="Commit">The commit's subject line, and in brackets its hash where it is known for certain.</param>
/// <param name="Evidence">How it is known.</param>
public sealed record KernelDifference(string Name, KernelVersion Since, string Before, string After, string Commit, KernelEvidence Evidence);
