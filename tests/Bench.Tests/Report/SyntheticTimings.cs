using CopyMc.Bench.Report;

namespace CopyMc.Bench.Tests.Report;

/// <summary>Results of a machine whose noise is known: each run, each size and each row moves by itself, and now and then a row by a lot.</summary>
internal static class SyntheticTimings
{
    internal const int Sizes = 7;

    internal static readonly string[] Controls = ["NativeMemory.Copy", "Span.CopyTo", "C memcpy"];

    internal static readonly string[] Native = [.. Enumerable.Range(0, 10).Select(index => $"native-{index}")];

    internal static readonly string[] Managed = [.. Enumerable.Range(0, 6).Select(index => $"managed-{index}")];

    /// <param name="seed">Another one is another run.</param>
    /// <param name="rowNoise">Standard deviation of a row.</param>
    /// <param name="factor">How much longer a method takes at a size than it did.</param>
    internal static IReadOnlyList<Timing> Run(int seed, double rowNoise = 0.03, Func<string, int, double>? factor = null)
    {
        var random = new Random(seed);
        double machine = 0.2 * Normal(random);
        var rows = new List<Timing>();
        for (int size = 0; size < Sizes; size++)
        {
            double moment = machine + 0.1 * Normal(random);
            foreach (string method in (string[])[.. Controls, .. Native, .. Managed])
            {
                MethodKind kind = Controls.Contains(method) ? MethodKind.Control : Native.Contains(method) ? MethodKind.Native : MethodKind.Managed;
                double wild = random.Next(50) == 0 ? 4 : 1;
                double time = 100 * Math.Exp(moment + wild * rowNoise * Normal(random)) * (factor?.Invoke(method, size) ?? 1);
                rows.Add(new Timing($"size {size}", method, kind, time, rowNoise / 3));
            }
        }
        return rows;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
