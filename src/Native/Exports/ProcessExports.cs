using System.Runtime.InteropServices;
using CopyMc.Simulation;

namespace CopyMc.Native;

/// <summary>The system calls and accesses of simulated processes.</summary>
internal static unsafe class ProcessExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_process_fork")]
    internal static Status Fork(ulong process, ulong* child, CallRecord* call)
    {
        try
        {
            Process target = Get(process);
            Arguments.Need(child, nameof(child));
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter();
            *call = CallRecord.Of(target.Space.Fork(out AddressSpace? made));
            *child = made is null ? 0 : target.Machine.Add(new Process(target.Machine, made));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_mmap")]
    internal static Status Mmap(
        ulong process, ulong address, ulong length, int protection, int flags, ulong file, ulong offset, CallRecord* call)
    {
        try
        {
            Process target = Get(process);
            Arguments.NeedFlags((uint)protection, (uint)(Protection.ReadWrite | Protection.Execute), nameof(protection));
            Arguments.NeedFlags((uint)flags, (uint)KnownFlags | MapAnonymous, nameof(flags));
            if (file != 0 && ((uint)flags & MapAnonymous) != 0)
                throw Arguments.Invalid(nameof(flags), "MAP_ANONYMOUS is given with a file.");
            SimulatedFile? mapped = file == 0 ? null : Handles.Get<MachineFile>(file, nameof(file)).File;
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter();
            var kind = (MapFlags)((uint)flags & ~MapAnonymous);
            *call = CallRecord.Of(address == 0 && (kind & (MapFlags.Fixed | MapFlags.FixedNoReplace)) == 0
                ? target.Space.Mmap(length, (Protection)protection, kind, mapped, offset)
                : target.Space.Mmap(address, length, (Protection)protection, kind, mapped, offset));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_munmap")]
    internal static Status Munmap(ulong process, ulong address, ulong length, CallRecord* call)
    {
        try
        {
            Process target = Get(process);
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter();
            *call = CallRecord.Of(target.Space.Munmap(address, length));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_mprotect")]
    internal static Status Mprotect(ulong process, ulong address, ulong length, int protection, CallRecord* call)
    {
        try
        {
            Process target = Get(process);
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter();
            *call = CallRecord.Of(target.Space.Mprotect(address, length, (Protection)protection));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_madvise")]
    internal static Status Madvise(ulong process, ulong address, ulong length, int advice, CallRecord* call)
    {
        try
        {
            Process target = Get(process);
            Arguments.Need(call, nameof(call));
            using Machine.Turn turn = target.Machine.Enter(inCallback: (Advice)advice != Advice.Collapse);
            *call = CallRecord.Of(target.Space.Madvise(address, length, (Advice)advice));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_read")]
    internal static Status Read(ulong process, ulong address, byte* buffer, nuint length, AccessRecord* access)
    {
        try
        {
            *access = Access(process, address, buffer, length, access, write: false);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_write")]
    internal static Status Write(ulong process, ulong address, byte* buffer, nuint length, AccessRecord* access)
    {
        try
        {
            *access = Access(process, address, buffer, length, access, write: true);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_poison")]
    internal static Status Poison(ulong process, ulong address, int source, uint* frame)
    {
        try
        {
            Process target = Get(process);
            PoisonSource kind = Arguments.Value<PoisonSource>(source, nameof(source));
            Arguments.NeedAligned(frame, nameof(frame));
            using Machine.Turn turn = target.Machine.Enter();
            Pte entry = target.Space.EntryAt(address);
            if (!entry.IsPresent)
                throw new StatusException(Status.State, $"address: no frame is mapped at 0x{address:x}.");
            target.Machine.Simulated.Poison(entry.Pfn, (int)(address % NativeRegion.PageSize / PoisonMap.LineSize), kind);
            if (frame != null)
                *frame = entry.Pfn;
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, nameof(source));
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_page")]
    internal static Status Page(ulong process, ulong address, PageRecord* page)
    {
        try
        {
            Process target = Get(process);
            Arguments.Need(page, nameof(page));
            using Machine.Turn turn = target.Machine.Enter();
            *page = PageAt(target.Space, address);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_process_get_stats")]
    internal static Status GetStats(ulong process, ProcessStatsRecord* stats)
    {
        try
        {
            Process target = Get(process);
            uint size = Arguments.SizeOf(stats, (uint)sizeof(ProcessStatsRecord), nameof(stats));
            using Machine.Turn turn = target.Machine.Enter();
            AddressSpace space = target.Space;
            Arguments.Write(stats, size, new ProcessStatsRecord
            {
                Number = (uint)space.Number,
                RssAnon = (ulong)space.AnonymousPages,
                RssFile = (ulong)space.FilePages,
                RssShmem = (ulong)space.ShmemPages,
                Swap = (ulong)space.SwapEntries,
                Areas = (ulong)space.Areas.Count,
            });
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private const uint MapAnonymous = 0x20;

    private const MapFlags KnownFlags = MapFlags.Shared | MapFlags.Private | MapFlags.Droppable | MapFlags.Fixed | MapFlags.GrowsDown
        | MapFlags.Locked | MapFlags.NoReserve | MapFlags.Populate | MapFlags.FixedNoReplace;

    private static Process Get(ulong process) => Handles.Get<Process>(process, nameof(process));

    /// <summary>An access page by page, up to the first that fails.</summary>
    private static AccessRecord Access(ulong process, ulong address, byte* buffer, nuint length, AccessRecord* access, bool write)
    {
        Process target = Get(process);
        Arguments.NeedArray(buffer, length, nameof(buffer), nameof(length));
        Arguments.Need(access, nameof(access));
        if (length > ulong.MaxValue - address)
            throw Arguments.Invalid(nameof(length), $"{length} bytes from 0x{address:x} wrap around.");
        using Machine.Turn turn = target.Machine.Enter();
        var done = new AccessRecord();
        while (done.Done < length)
        {
            ulong at = address + done.Done;
            int part = (int)ulong.Min(NativeRegion.PageSize - (at % NativeRegion.PageSize), length - done.Done);
            var bytes = new Span<byte>(buffer + done.Done, part);
            AccessResult result = write ? target.Space.Write(at, bytes) : target.Space.Read(at, bytes);
            if (!result.IsDone)
            {
                (done.Outcome, done.WaitsFor) = ((int)result.Outcome, (int)result.WaitsFor);
                break;
            }
            done.Done += (ulong)part;
        }
        return done;
    }

    private static PageRecord PageAt(AddressSpace space, ulong address)
    {
        const uint Huge = 1, Writable = 2, Dirty = 4, Young = 8, NoFrame = uint.MaxValue;
        Pte entry = space.EntryAt(address);
        int state = entry switch
        {
            { IsPresent: true } => 1,
            { IsSwap: true } => 2,
            { IsHwPoison: true } => 3,
            { IsPoisonMarker: true } => 4,
            { IsGuardMarker: true } => 5,
            { IsWriteProtectMarker: true } => 6,
            _ => 0,
        };
        if (!entry.IsPresent)
            return new PageRecord { State = state, Frame = NoFrame };
        return new PageRecord
        {
            State = state,
            Flags = (space.IsHuge(address) ? Huge : 0) | (entry.IsWritable ? Writable : 0) | (entry.IsDirty ? Dirty : 0) | (entry.IsYoung ? Young : 0),
            Frame = entry.Pfn,
            MapCount = (uint)(space.FolioAt(address)?.MapCount ?? 0),
        };
    }
}
