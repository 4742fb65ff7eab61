using System.Reflection;
using System.Runtime.InteropServices;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>The version, messages, names and handles.</summary>
internal static unsafe class LibraryExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_abi_version")]
    internal static uint AbiVersion() => 1;

    [UnmanagedCallersOnly(EntryPoint = "copymc_version")]
    internal static byte* Version()
    {
        try
        {
            return Names.Of(s_version);
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_status_name")]
    internal static byte* StatusName(Status status)
    {
        try
        {
            return Enum.IsDefined(status) ? Names.Of(status == Status.Ok ? "COPYMC_OK" : $"COPYMC_E_{Names.Words(status.ToString(), '_').ToUpperInvariant()}") : null;
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_last_error")]
    internal static byte* LastError()
    {
        try
        {
            return Failure.Message;
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_fault_kind_name")]
    internal static byte* FaultKindName(CopyFaultKind kind)
    {
        try
        {
            return Enum.IsDefined(kind) ? Names.Of(Names.Words(kind.ToString(), ' ')) : null;
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_outcome_name")]
    internal static byte* OutcomeName(AccessOutcome outcome)
    {
        try
        {
            return Names.Of(outcome);
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_wait_name")]
    internal static byte* WaitName(WaitReason wait)
    {
        try
        {
            return Names.Of(wait);
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_collapse_result_name")]
    internal static byte* CollapseResultName(CollapseResult result)
    {
        try
        {
            return Enum.IsDefined(result) ? Names.Of(result.ToName()) : null;
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_collapse_step_name")]
    internal static byte* CollapseStepName(CollapseStep step)
    {
        try
        {
            return Enum.GetName(step) is { } name ? Names.Of(char.ToLowerInvariant(name[0]) + name[1..]) : null;
        }
        catch (Exception error)
        {
            _ = Failure.Report(error);
            return null;
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_destroy")]
    internal static Status Destroy(ulong handle)
    {
        try
        {
            switch (Handles.Find(handle))
            {
                case Region { IsOfMachine: true }:
                    throw Arguments.Invalid(nameof(handle), "the region is the memory of a machine, and ends with it.");
                case Region region:
                    End(handle, region.Memory);
                    break;
                case Map map:
                    End(handle, map.Marks);
                    break;
                case CopyEngine:
                    End(handle, null);
                    break;
                case Machine machine:
                    using (machine.Enter(inCallback: false))
                    {
                        End(handle, null);
                        machine.End();
                    }
                    break;
                case Process process:
                    using (process.Machine.Enter())
                        Exit(handle, process);
                    break;
                case MachineFile file:
                    using (file.Machine.Enter())
                        Delete(handle, file);
                    break;
                case Daemon khugepaged:
                    using (khugepaged.Machine.Enter(inCallback: false))
                        khugepaged.Machine.Remove(handle);
                    break;
                default:
                    throw Handles.Unknown(handle, nameof(handle));
            }
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static readonly string s_version =
        typeof(LibraryExports).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Ends a handle. Of several threads that end the same one, all but one find it gone.</summary>
    private static void End(ulong handle, IDisposable? target)
    {
        if (!Handles.TryRemove(handle))
            throw Handles.Unknown(handle, nameof(handle));
        target?.Dispose();
    }

    private static void Exit(ulong handle, Process process)
    {
        if (!process.Space.HasExited && process.Space.Exit() is { IsWaiting: true } result)
            throw new StatusException(Status.Busy, $"handle: the process cannot exit: {Reason(result)}.");
        process.Machine.Remove(handle);
    }

    private static void Delete(ulong handle, MachineFile file)
    {
        SystemCallResult result = file.File.Delete();
        if (!result.IsDone)
            throw new StatusException(result.IsWaiting ? Status.Busy : Status.State, $"handle: the file cannot be deleted: {Reason(result)}.");
        file.Machine.Remove(handle);
    }

    private static string Reason(SystemCallResult result) =>
        result.IsWaiting ? $"it would wait for {Names.Capitals(result.WaitsFor)}" : $"{result.Error}";
}
