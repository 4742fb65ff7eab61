namespace CopyMc.Contract;

/// <summary>One promise of the contract, for one kernel, source of poison and other parameters.</summary>
/// <param name="Name">A unique sentence.</param>
/// <param name="UnavailableReason">Why it cannot be tested on this machine; <see langword="null"/> if it can.</param>
/// <param name="Check">Tests it; throws <see cref="ContractViolationException"/> if it is broken.</param>
public sealed record Promise(string Name, string? UnavailableReason, Action Check);
