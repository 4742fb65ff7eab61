namespace CopyMc.Contract;

/// <summary>A promise of the contract was broken.</summary>
/// <param name="message">What was expected and what was seen.</param>
public sealed class ContractViolationException(string message) : Exception(message);
