using System.Runtime.InteropServices;
using CopyMc.Bench.Measuring;

namespace CopyMc.Bench.Recovery;

/// <summary>The floor, and other ways to survive poison (native/yardsticks). Needs <see cref="Yardsticks.IsAvailable"/>.</summary>
internal static partial class Peers
{
    private const string Library = "yardsticks";

    private static readonly nint s_library = NativeLibrary.Load(Library, typeof(Peers).Assembly, null);

    /// <summary>The methods that work here.</summary>
    internal static IEnumerable<CostMethod> All()
    {
        yield return Of("sigsetjmp, mask saved + memcpy", "yardstick_sigsetjmp_mask", SignalSetup.LongJump);
        yield return Of("sigsetjmp, SA_NODEFER + memcpy", "yardstick_sigsetjmp", SignalSetup.LongJumpWithoutMask);
        if (NativeLibrary.TryGetExport(s_library, "yardstick_sigsetjmp_forward", out _))
            yield return Of("sigsetjmp, SA_NODEFER + rep movsb", "yardstick_sigsetjmp_forward", SignalSetup.LongJumpWithoutMask);
        yield return Of("process_vm_readv on itself", "yardstick_process_vm_readv", SignalSetup.Engine);
        if (OpenSelfMemory() == 0)
            yield return Of("pread of /proc/self/mem", "yardstick_self_memory", SignalSetup.Engine);
    }

    internal static CostMethod Floor() => new(new Contender<FloorFault>("floor", default), CostRole.Floor, Kernel: null, SignalSetup.Floor);

    /// <summary>Installs the method's handler until the result is disposed; null if the engine's stays.</summary>
    internal static IDisposable? InstallIfNeeded(SignalSetup setup)
    {
        switch (setup)
        {
            case SignalSetup.Floor:
                Check(Yardsticks.FloorBegin());
                return new Handler(Yardsticks.FloorEnd);
            case SignalSetup.LongJump or SignalSetup.LongJumpWithoutMask:
                Check(BeginLongJump(setup == SignalSetup.LongJumpWithoutMask ? 1 : 0));
                return new Handler(() =>
                {
                    _ = EndLongJump();
                    FaultRecovery.Enable();
                });
            default:
                return null;
        }
    }

    private static CostMethod Of(string name, string function, SignalSetup setup) => new(
        new Contender<NativeCopy>(name, new NativeCopy(NativeLibrary.GetExport(s_library, function))), CostRole.Peer, Kernel: null, setup);

    private static void Check(int result)
    {
        if (result != 0)
            throw new PlatformNotSupportedException("sigaction(SIGBUS) failed.");
    }

    [LibraryImport(Library, EntryPoint = "yardstick_longjmp_begin")]
    private static partial int BeginLongJump(int withoutMask);

    [LibraryImport(Library, EntryPoint = "yardstick_longjmp_end")]
    private static partial int EndLongJump();

    [LibraryImport(Library, EntryPoint = "yardstick_self_memory_open")]
    private static partial int OpenSelfMemory();

    private sealed class Handler(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }

    private readonly unsafe struct NativeCopy(nint function) : ICopyMethod
    {
        private readonly delegate* unmanaged<void*, void*, nuint, nuint> _function = (delegate* unmanaged<void*, void*, nuint, nuint>)function;

        public nuint Copy(byte* source, byte* destination, nuint byteCount) => _function(destination, source, byteCount);
    }
}
