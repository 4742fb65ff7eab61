using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Native;

/// <summary>
/// Makes the engine use the stub that the dynamic loader found for this library. The engine looks in the directory of the program, which need not
/// have one, or may have another.
/// </summary>
internal static unsafe partial class StubDirectory
{
    // A library has no other point before the engine's first use.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set()
    {
        SymbolInfo symbol;
        if (NativeLibrary.TryLoad("libmce_stub.so", typeof(StubDirectory).Assembly, 0, out nint stub)
            && NativeLibrary.TryGetExport(stub, "mce_abi_version", out nint function)
            && FindSymbol((void*)function, &symbol) != 0
            && Path.GetDirectoryName(Marshal.PtrToStringUTF8((nint)symbol.FileName)) is { } directory)
        {
            AppContext.SetData("APP_CONTEXT_BASE_DIRECTORY", directory + Path.DirectorySeparatorChar);
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
