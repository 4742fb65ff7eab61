using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>Recovery from faults in copies.</summary>
internal static unsafe class RecoveryExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_recovery_unsupported_reason")]
    internal static byte* UnsupportedReason()
    {
        try
        {
            return Names.Of(FaultRecovery.UnsupportedReason);
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_recovery_enable")]
    internal static Status Enable()
    {
        try
        {
            FaultRecovery.Enable();
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_recovery_prepare_thread")]
    internal static Status PrepareThread()
    {
        try
        {
            FaultRecovery.PrepareThread();
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }
}
