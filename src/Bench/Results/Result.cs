using System.Text.Json.Serialization;
using CopyMc.Bench.Documents;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Measuring;
using CopyMc.Bench.Report;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Results;

/// <summary>The members that every result has. A derived record adds the measurements.</summary>
internal abstract record Result
{
    protected Result() => Schema = ResultSchema.NameOf(GetType());

    /// <summary>Product, kind and version of the schema.</summary>
    [JsonRequired, JsonPropertyOrder(-4)]
    public string Schema { get; init; }

    [JsonRequired, JsonPropertyOrder(-3)]
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>The arguments of copymc.</summary>
    [JsonRequired, JsonPropertyOrder(-2)]
    public IReadOnlyList<string> CommandLine { get; set; } = [];

    /// <summary>The machine it ran on.</summary>
    [JsonRequired, JsonPropertyOrder(-1)]
    public MachineReport Machine { get; set; } = null!;

    /// <summary>Seconds from the start of the command to the complete result.</summary>
    [JsonRequired, JsonPropertyOrder(1)]
    public double TotalSeconds { get; set; }

    /// <summary>Whether every check of the command held; true if there is none.</summary>
    [JsonRequired, JsonPropertyOrder(2)]
    public bool EveryCheckHeld { get; init; } = true;

    /// <summary>The analysis of the runtime's events; null without <c>--trace</c>.</summary>
    [JsonPropertyOrder(3)]
    public TraceReport? Trace { get; set; }

    /// <summary>How much slower the clock was at the end than at the start, in percent, by the time of a fixed loop; null if it was not measured.</summary>
    [JsonPropertyOrder(4)]
    public double? ClockDriftPercent { get; set; }

    /// <summary>Reasons why the figures may be unreliable; empty if there are none.</summary>
    [JsonPropertyOrder(5)]
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Whether the trace is written in a section of its own.</summary>
    internal virtual bool ShowsTrace => true;

    /// <summary>Writes what was measured.</summary>
    internal abstract void Write(Document document);

    /// <summary>Writes why the figures may be worth little.</summary>
    internal void WriteWarnings(Document document)
    {
        foreach (string warning in Warnings)
            document.Paragraph($"{"Warning:":strong} {warning}");
    }

    /// <summary>Writes the warnings, what was measured and what the trace shows.</summary>
    internal void WriteAll(Document document)
    {
        WriteWarnings(document);
        Write(document);
        if (ShowsTrace)
            Trace?.Write(document);
    }

    /// <summary>The rows that <c>report --compare</c> can compare.</summary>
    internal virtual IEnumerable<Timing> Timings() => [];

    /// <summary>Fills in the common members after the measurement.</summary>
    /// <param name="startedAt">When it started.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="trace">What the trace shows.</param>
    /// <param name="clock">Made before the measurement; null if it measures no times.</param>
    internal void Complete(DateTimeOffset startedAt, MachineReport machine, TraceReport? trace = null, ClockDrift? clock = null)
    {
        if (clock is not null)
        {
            ClockDriftPercent = clock.Percent();
            Warnings = [.. Reliability.Warnings(machine.Processors, ClockDriftPercent)];
        }
        StartedAt = startedAt;
        CommandLine = Environment.GetCommandLineArgs()[1..];
        Machine = machine;
        Trace ??= trace;
        TotalSeconds = (DateTimeOffset.UtcNow - startedAt).TotalSeconds;
    }
}
