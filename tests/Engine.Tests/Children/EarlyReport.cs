namespace CopyMc.Engine.Tests.Children;

/// <summary>
/// Sends an early report of poison as the kernel does: SIGBUS with BUS_MCEERR_AO. If the calling thread receives it, it does so before the call
/// returns.
/// </summary>
internal static class EarlyReport
{
    private const int BusMceerrAo = 5;

    /// <returns>0, or -1 if the call failed.</returns>
    internal static nint Raise(nuint address, short extentShift = 12) =>
        ForgedSigBus.Send(ForgedSigBus.ThisThread, BusMceerrAo, address, extentShift);
}
