using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CopyMc.Bench.Commands;
using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Measuring;

/// <summary>
/// This command once more, in a process of its own that measures a part and says on its standard output how far it is and, in the end, what it
/// measured. What differs from one process to another (where the JIT puts the code, and the kernel the memory) no single one can tell.
/// </summary>
internal static class MeasuringProcess
{
    /// <param name="arguments">What it is to do.</param>
    /// <param name="progress">Of this part.</param>
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
            $"A process that was to measure ended with exit code {process.ExitCode} and no result: {error.GetAwaiter().GetResult().Trim()}");
    }

    /// <summary>
    /// The other side: ends this process when the one that started it does. Nothing is ever sent to its standard input, whose end comes however
    /// the starter ends, SIGKILL included.
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

    /// <summary>The other side: what such a process says of its progress.</summary>
    internal static void Tell(PhaseProgress progress) =>
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.Fraction:F3} {progress.Now}"));

    /// <summary>The other side: what it measured.</summary>
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
