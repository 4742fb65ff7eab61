using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Measuring;

/// <summary>
/// Runs this command again in another process, which measures a part and reports its progress and its result on the standard output. A single
/// process cannot tell how much the placement of code and memory, which differs between processes, changes the figures.
/// </summary>
internal static class MeasuringProcess
{
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="progress">The progress of this part.</param>
    /// <exception cref="IOException">It failed.</exception>
    internal static PointSamples[] Run(IEnumerable<string> arguments, IProgress<PhaseProgress> progress)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        PointSamples[]? samples = null;
        while (process.StandardOutput.ReadLine() is { } line)
            samples = Hear(line, progress) ?? samples;
        process.WaitForExit();
        return samples ?? throw new IOException(
            $"A measuring process ended with exit code {process.ExitCode} and no result: {error.GetAwaiter().GetResult().Trim()}");
    }

    /// <summary>
    /// In the other process: ends it when the starter ends. The starter never writes to its standard input, which is closed however the starter ends,
    /// even by SIGKILL.
    /// </summary>
    internal static void EndWithStarter() => new Thread(() =>
    {
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }
        Environment.Exit(ExitCode.Failure);
    })
    { IsBackground = true, Name = "waits for the end of the starter" }.Start();

    /// <summary>In the other process: reports its progress.</summary>
    internal static void Tell(PhaseProgress progress) =>
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.Fraction:F3} {progress.Now}"));

    /// <summary>In the other process: reports its result.</summary>
    internal static void Tell(PointSamples[] samples) => Console.Out.WriteLine(JsonSerializer.Serialize(samples, SamplesJson.Default.PointSamplesArray));

    private static PointSamples[]? Hear(string line, IProgress<PhaseProgress> progress)
    {
        if (line.StartsWith('['))
            return JsonSerializer.Deserialize(line, SamplesJson.Default.PointSamplesArray);
        string[] parts = line.Split(' ', 2);
        if (parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out double fraction))
            progress.Report(new PhaseProgress(parts[1], fraction));
        return null;
    }
}
