using System.Diagnostics;

namespace CopyMc.Bench.Tests.Commands;

/// <summary>The file that a user starts.</summary>
public sealed class ExecutableTests
{
    [Fact]
    public void It_has_the_name_of_the_command()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "copymc"), "help") { RedirectStandardOutput = true };
        // Where the runtime lies that runs this test: it may be installed anywhere.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("copymc [command] [options]", output);
    }
}
