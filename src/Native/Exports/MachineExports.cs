using System.Runtime.InteropServices;
using System.Text;
using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>Simulated machines and their files.</summary>
internal static unsafe class MachineExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_create")]
    internal static Status Create(MachineOptionsRecord* options, ulong* machine)
    {
        try
        {
            Arguments.Need(machine, nameof(machine));
            var made = new Machine(Make(options));
            made.Memory = made.Add(new Region(made.Simulated.Content, IsOfMachine: true));
            *machine = Handles.Add(made);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, Names.KernelVariable);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_memory")]
    internal static Status Memory(ulong machine, ulong* region)
    {
        try
        {
            Arguments.Need(region, nameof(region));
            *region = Get(machine).Memory;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_set_thp")]
    internal static Status SetThp(ulong machine, int thpEnabled, int shmemEnabled, int hugePagesAtFault)
    {
        try
        {
            Machine target = Get(machine);
            ThpMode enabled = ThpEnabled(thpEnabled, "thp_enabled"), shmem = Arguments.Value<ThpMode>(shmemEnabled, "shmem_enabled");
            bool atFault = Arguments.Flag(hugePagesAtFault, "huge_pages_at_fault");
            using Machine.Turn turn = target.Enter();
            (target.Simulated.ThpEnabled, target.Simulated.ShmemEnabled, target.Simulated.HugePagesAtFault) = (enabled, shmem, atFault);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_get_stats")]
    internal static Status GetStats(ulong machine, MachineStatsRecord* stats)
    {
        try
        {
            Machine target = Get(machine);
            uint size = Arguments.SizeOf(stats, (uint)sizeof(MachineStatsRecord), nameof(stats));
            using Machine.Turn turn = target.Enter();
            Arguments.Write(stats, size, StatsOf(target.Simulated));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_check")]
    internal static Status Check(ulong machine, byte* text, nuint capacity, nuint* violations)
    {
        try
        {
            Machine target = Get(machine);
            Arguments.NeedArray(text, capacity, nameof(text));
            Arguments.Need(violations, nameof(violations));
            using Machine.Turn turn = target.Enter();
            IReadOnlyList<string> found = new CollapseInvariants(target.Simulated).Violations(target.Observed is { } collapse ? [collapse] : []);
            *violations = (nuint)found.Count;
            if (capacity != 0)
            {
                var space = new Span<byte>(text, (int)nuint.Min(capacity, int.MaxValue));
                byte[] all = Encoding.UTF8.GetBytes(string.Join('\n', found));
                int length = int.Min(all.Length, space.Length - 1);
                all.AsSpan(0, length).CopyTo(space);
                space[length] = 0;
            }
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_poison")]
    internal static Status Poison(ulong machine, uint frame, uint line, int source)
    {
        try
        {
            Machine target = Get(machine);
            PoisonSource kind = Arguments.Value<PoisonSource>(source, nameof(source));
            using Machine.Turn turn = target.Enter();
            NeedFrame(target.Simulated, frame);
            target.Simulated.Poison(frame, (int)Arguments.Less(line, 64u, nameof(line)), kind);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, nameof(source));
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_handle_poison")]
    internal static Status HandlePoison(ulong machine, uint frame, AccessRecord* access)
    {
        try
        {
            Machine target = Get(machine);
            Arguments.Need(access, nameof(access));
            using Machine.Turn turn = target.Enter();
            NeedFrame(target.Simulated, frame);
            AccessResult result = target.Simulated.MemoryFailure.Handle(frame);
            *access = new AccessRecord { Outcome = (int)result.Outcome, WaitsFor = (int)result.WaitsFor };
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_machine_heal")]
    internal static Status Heal(ulong machine, uint frame, int source)
    {
        try
        {
            Machine target = Get(machine);
            PoisonSource kind = Arguments.Value<PoisonSource>(source, nameof(source));
            using Machine.Turn turn = target.Enter();
            NeedFrame(target.Simulated, frame);
            PoisonInjector.Heal(target.Simulated.Content, (nuint)frame * NativeRegion.PageSize, NativeRegion.PageSize, kind);
            target.Simulated.MemoryFailure.Unpoison(frame);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_create")]
    internal static Status CreateProcess(ulong machine, ulong* process)
    {
        try
        {
            Machine target = Get(machine);
            Arguments.Need(process, nameof(process));
            using Machine.Turn turn = target.Enter();
            *process = target.Add(new Process(target, target.Simulated.NewProcess()));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_file_create")]
    internal static Status CreateFile(ulong machine, ulong length, uint flags, ulong* file)
    {
        try
        {
            const uint Shmem = 1;
            Machine target = Get(machine);
            Arguments.NeedFlags(flags, Shmem, nameof(flags));
            Arguments.Need(file, nameof(file));
            using Machine.Turn turn = target.Enter();
            *file = target.Add(new MachineFile(target, target.Simulated.NewFile(length, (flags & Shmem) != 0)));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_file_truncate")]
    internal static Status Truncate(ulong file, ulong length, CallRecord* call)
    {
        try
        {
            MachineFile target = GetFile(file);
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter();
            *call = CallRecord.Of(target.File.Truncate(length));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_file_write_back")]
    internal static Status WriteBack(ulong file)
    {
        try
        {
            MachineFile target = GetFile(file);
            using Machine.Turn turn = target.Machine.Enter();
            target.File.WriteBack();
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_file_set_open_for_write")]
    internal static Status SetOpenForWrite(ulong file, int openForWrite)
    {
        try
        {
            MachineFile target = GetFile(file);
            bool isOpen = Arguments.Flag(openForWrite, "open_for_write");
            using Machine.Turn turn = target.Machine.Enter();
            target.File.IsOpenForWrite = isOpen;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static Machine Get(ulong machine) => Handles.Get<Machine>(machine, nameof(machine));

    private static MachineFile GetFile(ulong file) => Handles.Get<MachineFile>(file, nameof(file));

    private static void NeedFrame(SimulatedMachine machine, uint frame) =>
        _ = Arguments.Less(frame, (machine.Content.Length / NativeRegion.PageSize) - 1, nameof(frame));

    private static ThpMode ThpEnabled(int value, string argument)
    {
        ThpMode mode = Arguments.Value<ThpMode>(value, argument);
        return mode == ThpMode.Deny ? throw Arguments.Invalid(argument, "COPYMC_THP_DENY is a value of shmem_enabled only.") : mode;
    }

    private static SimulatedMachine Make(MachineOptionsRecord* options)
    {
        const uint HugePagesAtFault = 1, NoZeroPage = 2, NoReadOnlyFileThp = 4, NoPageTableReclaim = 8;
        const nuint DefaultMemory = 16 << 20;
        if (options == null)
            return new SimulatedMachine(DefaultMemory);
        MachineOptionsRecord record = Arguments.Read(options, (uint)sizeof(MachineOptionsRecord), nameof(options));
        Arguments.NeedFlags(record.Flags, HugePagesAtFault | NoZeroPage | NoReadOnlyFileThp | NoPageTableReclaim, "options->flags");
        Arguments.NeedZero(record.Reserved, nameof(options));
        KernelVersion? kernel = KernelVersion.Linux618;
        if (Arguments.Text(record.Kernel) is { } name && !KernelVersion.TryParse(name, out kernel))
            throw Arguments.Invalid("options->kernel", $"'{name}' is none of {string.Join(", ", KernelVersion.All.Select(known => known.Name))}.");
        return new SimulatedMachine((nuint)record.MemoryBytes, new SimulatedMachineOptions
        {
            Engine = record.Engine == 0 ? null : Handles.Get<CopyEngine>(record.Engine, "options->engine"),
            Kernel = kernel,
            SwapPages = (int)Arguments.Less(record.SwapPages, 1u << 31, "options->swap_pages"),
            Enabled = ThpEnabled(record.ThpEnabled, "options->thp_enabled"),
            ShmemEnabled = Arguments.Value<ThpMode>(record.ShmemEnabled, "options->shmem_enabled"),
            HugePagesAtFault = (record.Flags & HugePagesAtFault) != 0,
            UseZeroPage = (record.Flags & NoZeroPage) == 0,
            ReadOnlyFileThp = (record.Flags & NoReadOnlyFileThp) == 0,
            PageTableReclaim = (record.Flags & NoPageTableReclaim) == 0,
        });
    }

    private static MachineStatsRecord StatsOf(SimulatedMachine machine)
    {
        VmCounters counters = machine.Counters;
        return new MachineStatsRecord
        {
            Processes = (uint)machine.Processes.Count,
            Frames = (machine.Content.Length / NativeRegion.PageSize) - 1,
            FreeFrames = (ulong)machine.FreeFrames,
            PoisonPending = (ulong)machine.MemoryFailure.PendingCount,
            HardwareCorrupted = (ulong)counters.HardwareCorrupted,
            ThpCollapseAlloc = (ulong)counters.ThpCollapseAlloc,
            ThpCollapseAllocFailed = (ulong)counters.ThpCollapseAllocFailed,
            ThpFaultAlloc = (ulong)counters.ThpFaultAlloc,
            ThpScanExceedNonePte = (ulong)counters.ThpScanExceedNonePte,
            ThpScanExceedSwapPte = (ulong)counters.ThpScanExceedSwapPte,
            ThpScanExceedSharePte = (ulong)counters.ThpScanExceedSharePte,
            NrIsolatedAnon = (ulong)counters.NrIsolatedAnon,
            NrIsolatedFile = (ulong)counters.NrIsolatedFile,
            NrFilePages = (ulong)counters.NrFilePages,
            NrShmem = (ulong)counters.NrShmem,
            NrShmemHugePages = (ulong)counters.NrShmemThps,
            NrFileHugePages = (ulong)counters.NrFileThps,
            PSwpIn = (ulong)counters.PSwpIn,
            PSwpOut = (ulong)counters.PSwpOut,
            PagesCollapsed = (ulong)counters.PagesCollapsed,
            FullScans = (ulong)counters.FullScans,
        };
    }
}
