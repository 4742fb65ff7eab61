using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Faults;

/// <summary>The stub keeps its contract without .NET.</summary>
public sealed class NativeStubTests
{
    [Fact]
    public void The_C_test_passes()
    {
        string script = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../native/mce_stub/tests/run");
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(script), "The stub's sources are not here.");
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        using Process process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.Matches(@"[1-9]\d* passed, 0 failed", output);
    }

    /// <summary>Two lists name the kernels in order of preference: KernelCatalog and checked_copy.c.</summary>
    [Fact]
    public unsafe void Mce_copy_uses_the_kernel_of_the_shared_engine()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Assert.SkipWhen(Environment.GetEnvironmentVariable(KernelCatalog.EnvironmentVariable) is not null, "COPYMC_KERNEL may name a managed kernel.");
        nint stub = NativeLibrary.Load("libmce_stub.so", typeof(CopyEngine).Assembly, DllImportSearchPath.AssemblyDirectory);
        var name = (delegate* unmanaged<nint>)NativeLibrary.GetExport(stub, "mce_kernel_name");
        Assert.Equal(new CopyEngine().Kernel.Name, Marshal.PtrToStringUTF8(name()));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
