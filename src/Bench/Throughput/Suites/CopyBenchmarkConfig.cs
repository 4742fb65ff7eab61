using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>The configuration of all suites: medians, throughput and ratio columns, allocations.</summary>
internal sealed class CopyBenchmarkConfig : ManualConfig
{
    /// <param name="withJob">Whether the options name no job. They may still change parts of this one.</param>
    public CopyBenchmarkConfig(bool withJob)
    {
        Add(DefaultConfig.Instance);
        // In this process: the suites run from the installed tool too, without sources or an SDK.
        if (withJob)
            AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(15).AsDefault());
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumn(StatisticColumn.Median, BaselineRatioColumn.RatioMean, new ThroughputColumn());
        HideColumns(Column.Error, Column.StdDev, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2);
    }
}
