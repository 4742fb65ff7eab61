using System.Text.Json;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Results;

[assembly: AssemblyFixture(typeof(CopyMc.Bench.Tests.SmokeRuns))]

namespace CopyMc.Bench.Tests;

/// <summary>Short runs of commands that write a result, each made once for all tests.</summary>
public sealed class SmokeRuns : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, SmokeRun> _runs = [];

    internal SmokeRun MainJob => Of("--smoke");

    internal string EventsOf(string benchmark) => _directory.File($"{benchmark}.nettrace");

    /// <summary>A benchmark, traced.</summary>
    internal SmokeRun Bench(string name)
    {
        bool isUnderBench = ResultSchema.All.OfType<Measurement>().Single(measurement => measurement.Kind == $"bench-{name}").IsUnderBench;
        return Of([.. isUnderBench ? ["bench"] : Array.Empty<string>(), name, "--smoke", "--trace", EventsOf(name)]);
    }

    internal SmokeRun Of(params string[] arguments)
    {
        lock (_runs)
        {
            string key = string.Join(' ', arguments);
            if (!_runs.TryGetValue(key, out SmokeRun? run))
            {
                string path = _directory.File($"{_runs.Count}.json");
                _runs[key] = run = new SmokeRun(Copymc.Run([.. arguments, "--json", path]).ExpectSuccess(), path);
            }
            return run;
        }
    }

    public void Dispose() => _directory.Dispose();
}

/// <summary>What a command printed, and the file that it wrote.</summary>
internal sealed record SmokeRun(Copymc Command, string Path)
{
    internal JsonElement Json => JsonDocument.Parse(File.ReadAllBytes(Path)).RootElement;

    internal Result Result => ResultFile.Read(Path);
}
