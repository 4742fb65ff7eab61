namespace CopyMc.Contract;

/// <summary>One promise of the contract, with one choice of kernel, source of poison and what else it is made for.</summary>
/// <param name="Name">As a sentence, and unique.</param>
/// <param name="UnavailableReason">Why it cannot be put to the test on this machine; <see langword="null"/> where it can.</param>
/// <param name="Keep">Puts it to the test: throws <see cref="ContractViolationException"/> if it is broken.</param>
public sealed record Promise(string Name, string? UnavailableReason, Action Keep);
