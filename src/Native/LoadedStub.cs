using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>
/// Makes the engine use the stub that this library is linked with, wherever the dynamic loader found it. By itself the engine looks in the
/// directory of the program.
/// </summary>
internal static unsafe partial class LoadedStub
{
    // A library has no other point before the engine's first use.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set()
    {
        SymbolInfo symbol;
        if (AppContext.GetData("CopyMc.StubName") is string name
            && NativeLibrary.TryLoad(name, typeof(LoadedStub).Assembly, 0, out nint stub)
            && NativeLibrary.TryGetExport(stub, "mce_abi_version", out nint function)
            && FindSymbol((void*)function, &symbol) != 0)
        {
            AppContext.SetData("CopyMc.Stub", Path.GetFullPath(Marshal.PtrToStringUTF8((nint)symbol.FileName)!));
        }
    }

    [LibraryImport("libc", EntryPoint = "dladdr")]
    private static partial int FindSymbol(void* address, SymbolInfo* symbol);

    /// <summary><c>Dl_info</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SymbolInfo
    {
        internal byte* FileName;
        internal void* FileBase;
        internal byte* SymbolName;
        internal void* SymbolAddress;
    }
}
