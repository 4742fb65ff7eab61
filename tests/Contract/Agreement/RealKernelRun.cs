using System.Diagnostics;
using System.Text.Json;

namespace CopyMc.Contract.Agreement;

/// <summary>
/// Builds a state for real, has the kernel collapse it, and reports what came of it. Each in a process of its own
/// (native/collapse_probe): a fork, a poisoned page or a memory limit meets nobody else.
/// </summary>
internal static class RealKernelRun
{
    /// <summary>EAGAIN asks for another try; a lack of free huge pages may pass too.</summary>
    private const int Attempts = 4;

    private static readonly string s_probe = Path.Combine(AppContext.BaseDirectory, "collapse_probe");

    /// <summary>The release of the kernel that runs here: <c>uname -r</c>.</summary>
    internal static string KernelRelease { get; } = OperatingSystem.IsLinux() ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : "";

    /// <summary>Whether it is the one that the states were recorded on. The names of the results are a kernel's own, and not a promise to anybody.</summary>
    internal static bool IsTheRecordedKernel { get; } = KernelRelease.StartsWith(CollapseStates.RecordedOn, StringComparison.Ordinal);

    /// <summary>Why no state can be built; null: some can.</summary>
    internal static string? UnsupportedReason =>
        !OperatingSystem.IsLinux() ? "MADV_COLLAPSE is Linux's"
        : !File.Exists(s_probe) ? "the probe was not built: there is no C compiler"
        : null;

    /// <summary>The kernel's outcome, or what this system lacks for the state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="trace">Whether the tracepoints are wanted: they cost 0.1 s.</param>
    internal static ProbeReport Run(CollapseState state, bool trace = true)
    {
        ProbeReport report = Once(state, trace);
        for (int i = 1; i < Attempts && report.Error != state.Expected.Error && MayPass(report.Error); i++)
            report = Once(state, trace);
        return report;
    }

    /// <summary>The outcome of one try.</summary>
    internal static ProbeReport Once(CollapseState state, bool trace = true)
    {
        string[] arguments = [.. ProbeArguments.Of(state), .. trace ? (string[])["trace=true"] : []];
        var start = new ProcessStartInfo(s_probe, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string complaint = error.GetAwaiter().GetResult();
        Require.True(process.ExitCode == 0, $"collapse_probe {string.Join(' ', arguments)}: exit status {process.ExitCode} {complaint}");
        return JsonSerializer.Deserialize(output, ProbeJson.Default.ProbeReport)!;
    }

    private static bool MayPass(CollapseErrno error) => error is CollapseErrno.TryAgain or CollapseErrno.NoMemory;
}
