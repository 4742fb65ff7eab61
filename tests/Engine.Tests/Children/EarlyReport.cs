namespace CopyMc.Engine.Tests.Children;

/// <summary>
/// An early report of poison, as the kernel sends it: SIGBUS with BUS_MCEERR_AO. Sent to the calling thread it is delivered before
/// the call returns.
/// </summary>
internal static class EarlyReport
{
    private const int BusMceerrAo = 5;

    /// <returns>0, or -1 if the kernel refused.</returns>
    internal static nint Raise(nuint address, short extentShift = 12) =>
        ForgedSigBus.Send(ForgedSigBus.ThisThread, BusMceerrAo, address, extentShift);
}
