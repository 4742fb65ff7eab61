using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using CopyMc.Bench.Commands;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>Runs suites with BenchmarkDotNet and its options.</summary>
internal static class BenchmarkSuites
{
    private static readonly string[] s_jobOptions = ["-j", "--job"], s_askOnly = ["--list", "--help", "--version", "--info"];

    /// <param name="suites">The classes to choose from.</param>
    /// <param name="options">BenchmarkDotNet's options.</param>
    internal static int Run(Type[] suites, IReadOnlyList<string> options)
    {
        bool namesJob = HasAny(s_jobOptions);
        // By default a job of BenchmarkDotNet builds the project, which the installed tool does not have.
        string[] passed = namesJob ? [.. options, "--inProcess"] : [.. options];
        Summary[] summaries = [.. BenchmarkSwitcher.FromTypes(suites).Run(passed, new CopyBenchmarkConfig(withJob: !namesJob))];
        if (summaries.Length == 0)
            return HasAny(s_askOnly) ? ExitCode.Success : ExitCode.Usage;
        bool allEndedWell = summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success));
        return allEndedWell ? ExitCode.Success : ExitCode.Failure;

        bool HasAny(string[] names) => options.Any(option => names.Contains(option.Split('=')[0]));
    }
}
