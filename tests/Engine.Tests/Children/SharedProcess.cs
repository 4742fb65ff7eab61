using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;
using CopyMc.Diagnostics;
using CopyMc.Engine.Tests.Diagnostics;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Recovery in a process in which other libraries handle signals too. Returns 0 if all went as it should.</summary>
internal static unsafe class SharedProcess
{
    internal const string
        Profiled = "profiled", ProfiledUnmapped = "profiled, unmapped memory", Covered = "covered", CoveredSilently = "covered silently", BackOnTop = "back on top", Removed = "removed",
        BeforeTheRuntime = "before the runtime", BlockedShort = "blocked, short", BlockedPrepared = "blocked, prepared", BlockedLong = "blocked, long",
        ThroughKernel = "through the kernel", ReportsCounted = "reports counted", ReportsPassedOn = "reports passed on";

    private const string OnTop = "copymc.signal_handler.on_top SIGBUS";
    private const int LongCopy = 100_000;

    private static bool s_asExpected;

    internal static int Run(string scenario)
    {
        bool asExpected = scenario switch
        {
            Profiled => IsProfiled(new CopyEngineOptions(), Libc.MapShared),
            ProfiledUnmapped => IsProfiled(new CopyEngineOptions { RecoverSegmentationFaults = true }, Libc.MapPrivate | Libc.MapAnonymous),
            Covered => IsCovered(passesOn: true),
            CoveredSilently => IsCovered(passesOn: false),
            BackOnTop => ComesBackOnTop(),
            Removed => IsRemoved(),
            BeforeTheRuntime => WasEnabledBeforeTheRuntime(),
            BlockedShort => CallBlocked(&CopyShort),
            BlockedPrepared => CallBlocked(&CopyShortPrepared),
            BlockedLong => CallBlocked(&CopyLong),
            ThroughKernel => SalvagesThroughTheKernel(),
            ReportsCounted => SendReports(UncoveredReports.Count),
            ReportsPassedOn => SendReports(UncoveredReports.PassOn),
            _ => throw new ArgumentException(scenario),
        };
        return asExpected ? 0 : 1;
    }

    /// <summary>Managed threads copy over lost memory while a profiler's handler does, in them and in the engine's handler.</summary>
    private static bool IsProfiled(CopyEngineOptions options, int mapping)
    {
        const int Copies = 20_000, Threads = 4;
        // A page, and then one that is lost: the end of a file, which raises SIGBUS, or a page that nobody may touch, which raises SIGSEGV.
        using var file = new TruncatedFile(2 * NativeRegion.PageSize, kept: NativeRegion.PageSize);
        bool isFile = mapping == Libc.MapShared;
        byte* memory = isFile ? file.Pointer : (byte*)Libc.Map(null, 2 * NativeRegion.PageSize, Libc.ProtNone, mapping, -1, 0);
        if (!isFile)
            _ = Libc.Map(memory, NativeRegion.PageSize, Libc.ProtRead | Libc.ProtWrite, mapping | Libc.MapFixed, -1, 0);
        int wrong = 0;
        var engine = new CopyEngine(options);
        if (OtherHandlers.Profile(engine.Kernel.NativeFunction, memory + NativeRegion.PageSize - 100, 1000) != 0)
            return false;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            byte* destination = stackalloc byte[300];
            for (int i = 0; i < Copies; i++)
            {
                if (engine.Copy(memory + NativeRegion.PageSize - 200, destination, 300) != 100)
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        nint ticks = OtherHandlers.EndProfile(out nint wrongInHandler);
        Console.WriteLine($"{Threads * Copies} copies, {ticks} in the profiler");
        return wrong == 0 && wrongInHandler == 0 && ticks > 0;
    }

    /// <summary>The runtime's handler is over ours until an engine is made, and recovers even then.</summary>
    private static bool WasEnabledBeforeTheRuntime()
    {
        SignalHandler handler = FaultRecovery.SigBusHandler;
        if (handler.Position != HandlerPosition.Covered || FaultRecovery.SigSegvHandler.Position != HandlerPosition.NotEnabled || FaultRecovery.IsEnabled)
            return false;
        FaultRecord record;
        byte* destination = stackalloc byte[300];
        using var lost = new TruncatedFile(NativeRegion.PageSize, kept: 0);
        CopyKernel kernel = CopyKernel.Available.First(kernel => kernel.RecoversFromFaults);
        if (kernel.Copy(lost.Pointer, destination, 300, &record) != 300 || !Recovers() || FaultRecovery.SigBusHandler.Position != HandlerPosition.OnTop)
            return false;
        Console.WriteLine("recovered");
        // Passed on to the runtime's, and from there to what was below ours.
        SentSignal.ToThread(SentSignal.ThisThread);
        return false;
    }

    private static bool IsCovered(bool passesOn)
    {
        if (!Recovers() || FaultRecovery.SigBusHandler.Position != HandlerPosition.OnTop)
            return false;
        using var heard = new HeardEvents(EventLevel.Warning, EngineEventSource.Keywords.Faults);
        using var meter = new MeterReadings();
        if (meter.Read()[OnTop] != 1 || OtherHandlers.Install(passesOn ? 1 : 0) != 0 || meter.Read()[OnTop] != 0)
            return false;
        if (!heard.Events.Any(one => one.Name == "HandlerReplaced" && one.Has("signal", "SIGBUS") && one.Has("position", (int)HandlerPosition.Covered)))
            return false;
        SignalHandler handler = FaultRecovery.SigBusHandler;
        Console.WriteLine($"{handler.Position}: {Path.GetFileName(handler.Function)}");
        return Recovers() && OtherHandlers.Calls() == 1;
    }

    /// <summary>Over a handler that passes signals on to the engine's: a fault of a copy never reaches it, another one reaches it once.</summary>
    private static bool ComesBackOnTop()
    {
        FaultRecovery.Enable();
        _ = OtherHandlers.Install(passesOn: 1);
        FaultRecovery.Enable();
        if (FaultRecovery.SigBusHandler.Position != HandlerPosition.OnTop || !Recovers() || OtherHandlers.Calls() != 0)
            return false;
        SentSignal.ToThread(SentSignal.ThisThread);
        if (OtherHandlers.Calls() != 1)
            return false;
        // It takes itself out, and is no longer called.
        _ = OtherHandlers.Remove();
        return Recovers() && FaultRecovery.SigBusHandler.Position == HandlerPosition.OnTop;
    }

    private static bool IsRemoved()
    {
        FaultRecovery.Enable();
        _ = OtherHandlers.Install(passesOn: 0);
        FaultRecovery.Disable();
        FaultRecovery.Enable();
        _ = OtherHandlers.Reset();
        SignalHandler handler = FaultRecovery.SigBusHandler;
        FaultRecovery.Enable();
        return handler is { Position: HandlerPosition.Removed, Function: null } && Recovers();
    }

    /// <summary>A handler that ends the process is over the engine's, which must not be needed.</summary>
    private static bool SalvagesThroughTheKernel()
    {
        CopyEngine engine = CopyEngine.Shared;
        _ = OtherHandlers.Install(passesOn: 0);
        using var lost = new TruncatedFile(4 * NativeRegion.PageSize, kept: 2 * NativeRegion.PageSize);
        using var destination = new NativeRegion(4 * NativeRegion.PageSize);
        new Span<byte>(lost.Pointer, NativeRegion.PageSize).Fill(9);
        SalvageResult result = engine.Salvage(lost.Pointer, destination.Pointer, 4 * NativeRegion.PageSize, new SalvageOptions { ThroughKernel = true });
        return result.Lost is [{ Offset: 2 * NativeRegion.PageSize, Length: 2 * NativeRegion.PageSize }] && destination.Span[NativeRegion.PageSize - 1] == 9;
    }

    private static bool CallBlocked(delegate* unmanaged<void> callback)
    {
        _ = CopyEngine.Shared;
        return OtherHandlers.CallWithAllSignalsBlocked(callback) == 0 && s_asExpected;
    }

    [UnmanagedCallersOnly]
    private static void CopyShort() => s_asExpected = OtherHandlers.IsBlocked(MceStub.SigBus) != 0 && Recovers();

    [UnmanagedCallersOnly]
    private static void CopyShortPrepared()
    {
        FaultRecovery.PrepareThread();
        s_asExpected = OtherHandlers.IsBlocked(MceStub.SigBus) == 0 && Recovers() && Recovers(LongCopy);
    }

    [UnmanagedCallersOnly]
    private static void CopyLong() =>
        s_asExpected = Recovers(LongCopy) && Recovers(LongCopy) && OtherHandlers.IsBlocked(MceStub.SigBus) != 0;

    private static bool SendReports(UncoveredReports uncovered)
    {
        FaultRecovery.RequestEarlyReports(uncovered);
        using var region = new NativeRegion(NativeRegion.PageSize);
        for (int i = 1; i <= 3; i++)
        {
            _ = EarlyReport.Raise((nuint)region.Pointer);
            _ = EarlyReport.Raise((nuint)region.Pointer + NativeRegion.PageSize);
            Console.WriteLine(FaultRecovery.UncoveredReportCount);
        }
        return region.Poison.PoisonedLineCount == NativeRegion.PageSize / PoisonMap.LineSize && Recovers();
    }

    private static bool Recovers(int length = 300)
    {
        int kept = length / NativeRegion.PageSize * NativeRegion.PageSize;
        using var lost = new TruncatedFile(kept + NativeRegion.PageSize, kept);
        using var destination = new NativeRegion((nuint)length);
        return CopyEngine.Shared.Copy(lost.Pointer, destination.Pointer, (nuint)length) == (nuint)(length - kept);
    }
}
