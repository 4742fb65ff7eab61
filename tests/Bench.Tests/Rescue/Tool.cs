using System.ComponentModel;
using System.Diagnostics;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>Programs of the system.</summary>
internal static class Tool
{
    /// <returns>Null if it is not installed.</returns>
    internal static (int ExitCode, string Output, string Error)? Run(string name, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
