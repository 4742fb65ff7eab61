using System.ComponentModel;
using System.Diagnostics;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>GNU ddrescue's own tool for map files, of the Debian package gddrescue.</summary>
internal static class Ddrescuelog
{
    internal static string? MissingReason { get; } = Run("--version") is null ? "ddrescuelog is not installed (Debian package gddrescue)." : null;

    internal static string Output(params string[] arguments) => Run(arguments)!.Value.Output;

    /// <summary>Where the tool is: it reads the map and agrees whether all is rescued.</summary>
    internal static void Accept(string map, bool complete)
    {
        if (MissingReason is null)
        {
            Assert.Equal(0, Run("--show-status", map)!.Value.ExitCode);
            Assert.Equal(complete ? 0 : 1, Run("--done-status", map)!.Value.ExitCode);
        }
    }

    private static (int ExitCode, string Output)? Run(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo("ddrescuelog", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
