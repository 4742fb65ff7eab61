using System.Runtime.InteropServices;

namespace CopyMc.Guest.MachineChecks;

/// <summary>The addresses of the native stub's copies.</summary>
internal static class StubFunction
{
    // More than the length of any of them.
    internal const int MostBytes = 4096;

    /// <summary>The function that an engine calls for copies of up to 32 KiB: the kernel with the checks of the contract.</summary>
    /// <param name="kernel">The name of a copy kernel.</param>
    internal static nuint AddressOf(string kernel)
    {
        nint library = NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, "libmce_stub.so"));
        return (nuint)NativeLibrary.GetExport(library, kernel.Replace("native-", "mce_checked_", StringComparison.Ordinal).Replace('-', '_'));
    }
}
