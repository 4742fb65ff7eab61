using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

/// <summary>A native kernel called directly, as from C: without map, engine and GC transition.</summary>
internal readonly unsafe struct BareKernel : ICopyMethod
{
    /// <summary>Larger than <c>struct mce_fault</c>.</summary>
    private const nuint RecordSize = 64;

    private static readonly void* s_record = NativeMemory.AllocZeroed(RecordSize);

    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void*, nuint> _function;

    private BareKernel(nint function) =>
        _function = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void*, nuint>)function;

    public nuint Copy(byte* source, byte* destination, nuint byteCount) => _function(destination, source, byteCount, s_record);

    /// <summary>The kernel in the native stub; null for a managed kernel.</summary>
    internal static BareKernel? Find(CopyKernel kernel) => kernel.RecoversFromFaults ? new BareKernel(FunctionOf(kernel)) : null;

    /// <summary>The function of a native kernel, by its name in mce_stub.h.</summary>
    internal static nint FunctionOf(CopyKernel kernel) =>
        FunctionOf(kernel.Name.Replace("native-", "mce_copy_", StringComparison.Ordinal).Replace('-', '_'));

    /// <summary>A function of mce_stub.h.</summary>
    internal static nint FunctionOf(string name) =>
        NativeLibrary.GetExport(NativeLibrary.Load("libmce_stub.so", typeof(CopyEngine).Assembly, DllImportSearchPath.AssemblyDirectory), name);
}
