namespace CopyMc.Contract;

/// <summary>A promise cannot be tested on this machine.</summary>
/// <param name="reason">What the machine lacks.</param>
public sealed class UnavailableException(string reason) : Exception(reason);
