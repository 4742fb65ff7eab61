namespace CopyMc.Contract;

/// <summary>What a promise needs cannot be had on this machine; the message says why.</summary>
/// <param name="reason">Why.</param>
public sealed class UnavailableException(string reason) : Exception(reason);
