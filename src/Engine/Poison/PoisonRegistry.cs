namespace CopyMc;

/// <summary>
/// All live poison maps of the process: those of the stub, which C code and the signal handler share, or, where there is no stub, .NET's own.
/// Every operation takes time that grows with the logarithm of the number of maps.
/// </summary>
/// <remarks>Thread-safe. Copies ask it only if <see cref="PoisonGate.PoisonedLines"/> is not zero, and take no lock.</remarks>
internal abstract class PoisonRegistry
{
    internal static readonly PoisonRegistry OfProcess = MceStub.IsLoaded ? new StubPoisonRegistry() : new ManagedPoisonRegistry();

    /// <summary>Adds a map of clean lines.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for the map.</exception>
    internal abstract PoisonMarks Add(nuint start, nuint length);

    /// <summary>Marks a range of addresses in every live map that covers a part of it.</summary>
    internal abstract void MarkEverywhere(nuint address, nuint length);

    /// <summary>
    /// The address of the first byte of [<paramref name="address"/>, <paramref name="end"/>) that any live map knows to be poisoned,
    /// or <paramref name="end"/>. The range must not be empty.
    /// </summary>
    internal abstract nuint FirstPoisonedAddress(nuint address, nuint end);
}
