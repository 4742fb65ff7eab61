using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using CopyMc.Diagnostics;
using CopyMc.Engine.Tests.Children;
using CopyMc.Engine.Tests.Copying;

namespace CopyMc.Engine.Tests.Diagnostics;

/// <summary>The meter's counters are right. In child processes, because the counters are process-wide.</summary>
public sealed partial class MeterTests
{
    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Long_copies_are_counted_to_the_byte(string kernel)
    {
        Dictionary<string, long> figures = Run(CountedCopies.Long, kernel);
        Assert.Equal(2 * CountedCopies.LongLengths.Sum(length => (long)length), figures["copymc.memory.copied long"]);
        Assert.Equal(2 * (1 + 1 + 1 + 3), figures["copymc.copies long"]);
        Assert.Equal(0, figures.Where(figure => figure.Key.StartsWith("copymc.poison", StringComparison.Ordinal)).Sum(figure => figure.Value));
    }

    /// <summary>Tests copies on the short path and others. On a shared processor, the estimate is right only in its order of magnitude.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Short_copies_are_estimated(bool managed)
    {
        Dictionary<string, long> figures = Run(CountedCopies.Short, managed ? "scalar" : CopyEngine.Shared.Kernel.Name);
        Assert.InRange((double)figures["copymc.memory.copied short"] / figures["copied"], 0.2, 5);
        Assert.Equal(4096, (double)figures["copymc.memory.copied short"] / figures["copymc.copies short"], tolerance: 1);
        Assert.Equal(0, figures["copymc.memory.copied long"]);
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Copies_that_poison_stopped_are_counted_by_kind(string kernel)
    {
        Dictionary<string, long> figures = Run(CountedCopies.Hits, kernel);
        bool recovers = CopyKernel.Find(kernel).RecoversFromFaults;
        Assert.Equal(3, figures["copymc.poison.hits known_poison"]);
        Assert.Equal(recovers ? 2 : 0, figures["copymc.poison.hits bus_error"]);
        Assert.Equal(0, figures["copymc.poison.hits machine_check"]);
        Assert.Equal(0, figures["copymc.poison.hits access_violation"]);
        // The prefix before the poison counts if it is long.
        Assert.Equal(2 * (100_000 & ~63) + (recovers ? 81920 : 0), figures["copymc.memory.copied long"]);
    }

    [Fact]
    public void Any_number_of_threads_count_exactly_even_after_they_end() =>
        Assert.Equal(2 * CountedCopies.ThreadCount * 10 * 40_000L, Run(CountedCopies.Threads, "scalar")["copymc.memory.copied long"]);

    [Fact]
    public void Nothing_is_counted_without_a_listener() =>
        Assert.Equal(0, Run(CountedCopies.Unheard, CopyEngine.Shared.Kernel.Name)["copymc.memory.copied long"]);

    [Fact]
    public void Collapses_are_counted()
    {
        Dictionary<string, long> figures = Run(CountedCopies.Collapses, "scalar");
        Assert.Equal(1, figures["copymc.collapses committed"]);
        Assert.Equal(2, figures["copymc.collapses aborted"]);
    }

    [Fact]
    public void Names_units_and_tags_are_those_of_the_documentation()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        _ = CopyEngine.Shared;
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == EngineMeter.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => seen.Add($"{instrument.Name} {instrument.Unit} {tags[0].Key}"));
        listener.Start();
        listener.RecordObservableInstruments();

        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../../docs/diagnostics.md"));
        Assert.Equal(DocumentedInstrument().Matches(page).Select(row => $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]}").Order(StringComparer.Ordinal), seen);
    }

    [GeneratedRegex(@"^\| `(copymc\.[^`]+)` \| `([^`]+)` \| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedInstrument();

    private static Dictionary<string, long> Run(string scenario, string kernel)
    {
        ChildResult result = ChildProcess.Run(nameof(CountedCopies), scenario, kernel);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = "))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
