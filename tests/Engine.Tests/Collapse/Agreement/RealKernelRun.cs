using System.Diagnostics;
using System.Text.Json;

namespace CopyMc.Engine.Tests.Collapse.Agreement;

/// <summary>
/// Builds a state for real, has the kernel collapse it, and reports what came of it. Each in a process of its own
/// (native/collapse_probe): a fork, a poisoned page or a memory limit meets nobody else.
/// </summary>
internal static class RealKernelRun
{
    /// <summary>EAGAIN asks for another try; a lack of free huge pages may pass too.</summary>
    private const int Attempts = 4;

    private static readonly string s_probe = Path.Combine(AppContext.BaseDirectory, "collapse_probe");

    /// <summary>Why no state can be built; null: some can.</summary>
    internal static string? UnsupportedReason =>
        !OperatingSystem.IsLinux() ? "MADV_COLLAPSE is Linux's"
        : !File.Exists(s_probe) ? "the probe was not built: there is no C compiler"
        : null;

    /// <summary>The kernel's outcome, or what this system lacks for the state.</summary>
    internal static ProbeReport Run(CollapseState state)
    {
        ProbeReport report = Once(state);
        for (int i = 1; i < Attempts && (CollapseErrno)report.Errno is CollapseErrno.TryAgain or CollapseErrno.NoMemory; i++)
            report = Once(state);
        return report;
    }

    /// <summary>The outcome of one try.</summary>
    internal static ProbeReport Once(CollapseState state)
    {
        var start = new ProcessStartInfo(s_probe, Arguments(state)) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"collapse_probe {string.Join(' ', Arguments(state))}: exit status {process.ExitCode} {error.GetAwaiter().GetResult()}");
        return JsonSerializer.Deserialize(output, ProbeJson.Default.ProbeReport)!;
    }

    /// <summary>The state in the probe's words.</summary>
    internal static IEnumerable<string> Arguments(CollapseState state)
    {
        yield return $"memory={ProbeWord.Of(state.Memory)}";
        yield return $"mapping={state.Mapping}";
        yield return $"call={state.Call}";
        foreach ((string name, PageRange range) in (IEnumerable<(string, PageRange)>)
                 [("gap", state.Gap), ("rewritten", state.Rewritten), ("pinned", state.Pinned), ("alsoMapped", state.AlsoMapped), ("locked", state.Locked)])
        {
            if (range.Count > 0)
                yield return $"{name}={range}";
        }
        if (state.FileOffset > 0)
            yield return $"fileOffset={state.FileOffset}";
        if (state.FilePages is int pages)
            yield return $"filePages={pages}";
        yield return $"advice={ProbeWord.Of(state.Advice)}";
        yield return $"protection={ProbeWord.Of(state.Protection)}";
        yield return $"userfaultfd={ProbeWord.Of(state.Userfaultfd)}";
        yield return $"fork={ProbeWord.Of(state.Fork)}";
        yield return $"thpDisabled={(state.ThpDisabled ? "true" : "false")}";
        yield return $"chargeDenied={(state.ChargeDenied ? "true" : "false")}";
        foreach (PageRun run in state.Pages)
            yield return $"pages={run}";
    }
}
