using System.Diagnostics;
using System.Runtime.CompilerServices;

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

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
