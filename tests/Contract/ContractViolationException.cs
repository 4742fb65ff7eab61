namespace CopyMc.Contract;

/// <summary>A promise of the contract was not kept; the message says how.</summary>
/// <param name="message">What was seen instead.</param>
public sealed class ContractViolationException(string message) : Exception(message);
