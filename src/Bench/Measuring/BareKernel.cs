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

    /// <summary>Finds the kernel in the native stub by its name in mce_stub.h; null for a managed kernel.</summary>
    internal static BareKernel? Find(CopyKernel kernel)
    {
        if (!kernel.RecoversFromFaults)
            return null;
        nint library = NativeLibrary.Load("libmce_stub.so", typeof(CopyEngine).Assembly, DllImportSearchPath.AssemblyDirectory);
        string export = kernel.Name.Replace("native-", "mce_copy_", StringComparison.Ordinal).Replace('-', '_');
        return new BareKernel(NativeLibrary.GetExport(library, export));
    }
}
