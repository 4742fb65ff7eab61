using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace CopyMc.Bench.Throughput.Suites;

/// <summary>GB/s, from the parameter ByteCount of a suite and the median. Copied bytes count once.</summary>
internal sealed class ThroughputColumn : IColumn
{
    internal const string ByteCountParameter = "ByteCount";

    public string Id => nameof(ThroughputColumn);

    public string ColumnName => "GB/s";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "10^9 bytes copied (each counted once) in a second, from the median";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        object? byteCount = benchmarkCase.Parameters.Items.FirstOrDefault(item => item.Name == ByteCountParameter)?.Value;
        double? median = summary[benchmarkCase]?.ResultStatistics?.Median;
        return byteCount is null || median is null
            ? "-"
            : (Convert.ToDouble(byteCount, CultureInfo.InvariantCulture) / median.Value).ToString("F2", CultureInfo.InvariantCulture);
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) =>
        summary.BenchmarksCases.Any(benchmark => benchmark.Parameters.Items.Any(item => item.Name == ByteCountParameter));
}
