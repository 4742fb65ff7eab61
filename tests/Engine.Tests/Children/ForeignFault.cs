using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Faults and signals outside copies, in a process that uses the library or has not loaded it.</summary>
internal static unsafe class ForeignFault
{
    internal const string Without = "without", Recovering = "recovering", SegmentationFaultsToo = "segmentation faults too";

    /// <summary>The sender of a queued signal may put any value where the hardware puts the address: sigqueue(3).</summary>
    private const int SiQueue = -1;

    private const int Length = 2 << 20;

    /// <summary>.NET reads the first byte of a copy before it calls the C library, so the second half is the lost one.</summary>
    private const int Kept = Length / 2;

    private static readonly byte* s_unmapped = (byte*)0x7000_0000_0000;

    private static readonly Dictionary<string, Action<bool>> s_faults = new()
    {
        ["a managed read of a truncated mapping"] = _ => ReadTruncated(),
        ["a managed write to a truncated mapping"] = _ => WriteTruncated(),
        ["NativeMemory.Copy from a truncated mapping"] = _ => CopyTruncated(),
        ["Span.CopyTo to a truncated mapping"] = _ => CopyToTruncated(),
        ["SIGBUS sent to the thread"] = _ => SentSignal.ToThread(SentSignal.ThisThread),
        ["SIGBUS sent to the thread twice"] = _ => SendTwice(),
        ["SIGBUS sent to the process"] = _ => SendToProcess(),
        ["SIGBUS sent to a thread that copies"] = withLibrary => DisturbCopy(withLibrary, (thread, _) => SentSignal.ToThread(thread.Handle)),
        ["SIGBUS queued to a thread that copies, with an address of the copy"] = withLibrary => DisturbCopy(
            withLibrary, (thread, source) => ForgedSigBus.Send(thread.Id, SiQueue, source + Length / 2, extentShift: 12)),
        ["an early report of poison that no map covers"] = _ => EarlyReport.Raise(0x10000),
        ["a null dereference"] = _ => DereferenceNull(),
        ["a managed read of unmapped memory"] = _ => Console.WriteLine(Volatile.Read(ref *s_unmapped)),
        ["NativeMemory.Copy from unmapped memory"] = _ => NativeMemory.Copy(s_unmapped, NativeMemory.Alloc(Length), Length),
        ["a stack overflow"] = _ => Overflow(1),
    };

    internal static IEnumerable<string> Names => s_faults.Keys;

    /// <summary>Runs in the child.</summary>
    internal static int Run(string name, string setting)
    {
        if (setting != Without)
            Recover(setting == SegmentationFaultsToo);
        s_faults[name](setting != Without);
        Console.WriteLine("survived");
        return 0;
    }

    /// <summary>Makes sure that the handlers are installed.</summary>
    private static void Recover(bool segmentationFaults)
    {
        var engine = new CopyEngine(new CopyEngineOptions { RecoverSegmentationFaults = segmentationFaults });
        byte* destination = stackalloc byte[100];
        using (var truncated = new TruncatedFile(4096, kept: 0))
            Expect(engine.Copy(truncated.Pointer, destination, 100, out CopyFault fault) == 100 && fault.Kind == CopyFaultKind.BusError);
        if (segmentationFaults)
            Expect(engine.Copy(s_unmapped, destination, 100, out CopyFault fault) == 100 && fault.Kind == CopyFaultKind.AccessViolation);
    }

    private static void Expect(bool held)
    {
        if (!held)
            throw new InvalidOperationException("The library does not recover.");
    }

    private static void ReadTruncated()
    {
        var truncated = new TruncatedFile(Length, Kept);
        Console.WriteLine(Volatile.Read(ref truncated.Pointer[Kept]));
    }

    private static void WriteTruncated()
    {
        var truncated = new TruncatedFile(Length, Kept);
        Volatile.Write(ref truncated.Pointer[Kept], 1);
    }

    private static void CopyTruncated()
    {
        var truncated = new TruncatedFile(Length, Kept);
        NativeMemory.Copy(truncated.Pointer, NativeMemory.Alloc(Length), Length);
    }

    private static void CopyToTruncated()
    {
        var truncated = new TruncatedFile(Length, Kept);
        new byte[Length].AsSpan().CopyTo(new Span<byte>(truncated.Pointer, Length));
    }

    private static void SendTwice()
    {
        SentSignal.ToThread(SentSignal.ThisThread);
        Console.WriteLine("once");
        SentSignal.ToThread(SentSignal.ThisThread);
    }

    private static void SendToProcess()
    {
        SentSignal.ToProcess();
        Thread.Sleep(200);
    }

    /// <summary>
    /// Keeps the thread inside a copy, the engine's or the runtime's: copies take milliseconds, because a signal that arrives between two of them, in
    /// managed code, ends the process in another way.
    /// </summary>
    private static void DisturbCopy(bool withLibrary, Action<(nuint Handle, int Id), nuint> send)
    {
        const int Long = 32 << 20;
        byte* source = (byte*)NativeMemory.AllocZeroed(Long), destination = (byte*)NativeMemory.AllocZeroed(Long);
        (nuint Handle, int Id) copying = default;
        bool started = false, sent = false;
        nuint remaining = 0;
        var thread = new Thread(() =>
        {
            CopyEngine? engine = withLibrary ? CopyEngine.Shared : null;
            copying = (SentSignal.ThisThread, ForgedSigBus.ThisThread);
            for (int i = 0; i < 10 || !Volatile.Read(ref sent); i++)
            {
                if (i == 5)
                    Volatile.Write(ref started, true);
                if (engine is null)
                    NativeMemory.Copy(source, destination, Long);
                else
                    remaining |= engine.Copy(source, destination, Long);
            }
        });
        thread.Start();
        while (!Volatile.Read(ref started))
            Thread.Sleep(1);
        send(copying, (nuint)source);
        Volatile.Write(ref sent, true);
        thread.Join();
        Console.WriteLine($"{remaining} bytes remain");
    }

    private static void DereferenceNull()
    {
        string? nothing = Environment.GetEnvironmentVariable("no such variable");
        int caught = 0;
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                caught -= nothing!.Length;
            }
            catch (NullReferenceException)
            {
                caught++;
            }
        }
        Console.WriteLine($"{caught} caught");
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Overflow(int depth)
    {
        // Large frames keep the report of the stack short.
        byte* frame = stackalloc byte[16384];
        frame[depth % 16384] = (byte)depth;
        return Overflow(depth + 1) + frame[0];
    }
}
