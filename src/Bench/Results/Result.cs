using System.Text.Json.Serialization;
using CopyMc.Bench.Machine;
using CopyMc.Bench.Page;
using CopyMc.Bench.Report;
using CopyMc.Bench.Tracing;

namespace CopyMc.Bench.Results;

/// <summary>The envelope that every result has; a derived record adds what was measured.</summary>
internal abstract record Result
{
    protected Result() => Schema = ResultSchema.NameOf(GetType());

    /// <summary>Product, kind and version.</summary>
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

    /// <summary>Whether every check of the command held; true where there is none.</summary>
    [JsonRequired, JsonPropertyOrder(2)]
    public bool EveryCheckHeld { get; init; } = true;

    /// <summary>What the runtime's events show; null where nothing was traced.</summary>
    [JsonPropertyOrder(3)]
    public TraceReport? Trace { get; set; }

    /// <summary>The result's own sections of the page.</summary>
    internal abstract IEnumerable<IReportSection> Sections();

    /// <summary>Whether the page shows the trace in a section of its own.</summary>
    internal virtual bool ShowsTrace => true;

    /// <summary>The rows that <c>report --compare</c> can compare.</summary>
    internal virtual IEnumerable<Timing> Timings() => [];

    /// <summary>Fills in the envelope once everything is measured.</summary>
    internal void Complete(DateTimeOffset startedAt, MachineReport machine, TraceReport? trace = null)
    {
        StartedAt = startedAt;
        CommandLine = Environment.GetCommandLineArgs()[1..];
        Machine = machine;
        Trace ??= trace;
        TotalSeconds = (DateTimeOffset.UtcNow - startedAt).TotalSeconds;
    }
}
