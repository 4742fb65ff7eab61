using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>Engines, copies and salvages.</summary>
internal static unsafe class CopyExports
{
    [UnmanagedCallersOnly(EntryPoint = "copymc_engine_create")]
    internal static Status Create(EngineOptionsRecord* options, ulong* engine)
    {
        string chosen = Names.KernelVariable;
        try
        {
            Arguments.Need(engine, nameof(engine));
            CopyEngineOptions? read = options == null ? null : Read(options);
            if (read?.Kernel is not null)
                chosen = "options->kernel";
            *engine = Handles.Add(new CopyEngine(read));
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error, chosen);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_engine_kernel")]
    internal static Status Kernel(ulong engine, byte** name)
    {
        try
        {
            Arguments.Need((nint*)name, nameof(name));
            *name = Names.Of(Handles.Get<CopyEngine>(engine, nameof(engine)).Kernel.Name);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_copy")]
    internal static Status Copy(ulong engine, void* destination, void* source, nuint byteCount, nuint* notCopied, NativeFault* fault)
    {
        try
        {
            // Without the generic lookup, which takes longer than a short copy.
            if (Handles.Find(engine) is not CopyEngine copier)
                throw Handles.Unknown<CopyEngine>(engine, nameof(engine));
            // One test of both; the message is made where it fails.
            if (notCopied == null || (((nuint)notCopied | (nuint)fault) & 7) != 0)
                ThrowMisplaced(notCopied, fault);
            if (fault == null)
            {
                *notCopied = copier.Copy(source, destination, byteCount);
            }
            else
            {
                nuint remaining = copier.Copy(source, destination, byteCount, out CopyFault found);
                *notCopied = remaining;
                if (remaining == 0)
                    fault->Kind = 0;
                else
                    *fault = NativeFault.Of(found);
            }
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "copymc_salvage")]
    internal static Status Salvage(
        ulong engine, void* destination, void* source, nuint byteCount, SalvageOptionsRecord* options, LostRangeRecord* lost,
        nuint capacity, SalvageResultRecord* result)
    {
        try
        {
            CopyEngine copier = Handles.Get<CopyEngine>(engine, nameof(engine));
            Arguments.NeedArray(lost, capacity, nameof(lost));
            Arguments.Need(result, nameof(result));
            SalvageResult salvage = copier.Salvage(source, destination, byteCount, Read(options));
            for (int i = 0; i < salvage.Lost.Count && (nuint)i < capacity; i++)
                lost[i] = new LostRangeRecord { Offset = salvage.Lost[i].Offset, Length = salvage.Lost[i].Length };
            *result = new SalvageResultRecord
            {
                ProcessedBytes = salvage.ProcessedBytes,
                LostBytes = salvage.LostBytes,
                LostRanges = (ulong)salvage.Lost.Count,
                GaveUp = salvage.GaveUp ? 1u : 0,
                NotPropagated = salvage.PropagationFailure is null ? 0 : 1u,
                DestinationFault = NativeFault.Of(salvage.DestinationFault),
            };
            if (salvage.PropagationFailure is { } reason)
                Failure.Say(reason);
            return Status.Ok;
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    private static void ThrowMisplaced(nuint* notCopied, NativeFault* fault)
    {
        Arguments.Need(notCopied, "not_copied");
        Arguments.NeedAligned(fault, nameof(fault));
    }

    private static CopyEngineOptions Read(EngineOptionsRecord* options)
    {
        const uint RecoverSigSegv = 1;
        EngineOptionsRecord record = Arguments.Read(options, (uint)sizeof(EngineOptionsRecord), nameof(options));
        Arguments.NeedFlags(record.Flags, RecoverSigSegv, "options->flags");
        Arguments.NeedZero(record.Reserved, nameof(options));
        return new CopyEngineOptions
        {
            Kernel = Arguments.Text(record.Kernel) is { } name ? CopyKernel.Find(name) : null,
            Hint = Arguments.Value<CopyHint>(record.Hint, "options->hint"),
            RecoverSegmentationFaults = (record.Flags & RecoverSigSegv) != 0,
        };
    }

    private static SalvageOptions? Read(SalvageOptionsRecord* options)
    {
        const uint NoLookAhead = 1, ThroughKernel = 2;
        if (options == null)
            return null;
        SalvageOptionsRecord record = Arguments.Read(options, (uint)sizeof(SalvageOptionsRecord), nameof(options));
        Arguments.NeedFlags(record.Flags, NoLookAhead | ThroughKernel, "options->flags");
        Arguments.NeedZero(record.Reserved, nameof(options));
        return new SalvageOptions
        {
            Fill = Arguments.Value<SalvageFill>(record.Fill, "options->fill"),
            Pattern = (byte)Arguments.Less(record.Pattern, 256u, "options->pattern"),
            Propagation = Arguments.Value<PoisonPropagation>(record.Propagation, "options->propagation"),
            LookAhead = (record.Flags & NoLookAhead) == 0,
            ThroughKernel = (record.Flags & ThroughKernel) != 0,
            MaxLostBytes = (nuint)record.MaxLostBytes,
        };
    }
}
