using System.Runtime.InteropServices;

namespace CopyMc.Bench.Measuring;

/// <summary>A native kernel called directly, as C would call it: no map, no engine, and no GC transition.</summary>
internal readonly unsafe struct BareKernel : ICopyMethod
{
    /// <summary>More than any <c>struct mce_fault</c> needs.</summary>
    private const nuint RecordSize = 64;

    private static readonly void* s_record = NativeMemory.AllocZeroed(RecordSize);

    private readonly delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void*, nuint> _function;

    private BareKernel(nint function) =>
        _function = (delegate* unmanaged[SuppressGCTransition]<byte*, byte*, nuint, void*, nuint>)function;

    public nuint Copy(byte* source, byte* destination, nuint byteCount) => _function(destination, source, byteCount, s_record);

    /// <summary>The kernel in the native stub, by the name that mce_stub.h has for it; null for a managed kernel.</summary>
    internal static BareKernel? Find(CopyKernel kernel)
    {
        if (!kernel.RecoversFromFaults)
            return null;
        nint library = NativeLibrary.Load("libmce_stub.so", typeof(CopyEngine).Assembly, DllImportSearchPath.AssemblyDirectory);
        string export = kernel.Name.Replace("native-", "mce_copy_", StringComparison.Ordinal).Replace('-', '_');
        return new BareKernel(NativeLibrary.GetExport(library, export));
    }
}
