using System.Diagnostics;

namespace CopyMc.Contract.Agreement;

/// <summary>Answers of kernels to situations: from the running kernel, by native/collapse_probe, or from the output of the probe elsewhere.</summary>
public static class SituationKernel
{
    private static readonly string s_probe = Path.Combine(AppContext.BaseDirectory, "collapse_probe");

    // Fork does not copy entries of the zero page in an area that was only read, but copies other pages.
    private static readonly Lazy<bool> s_usesZeroPage = new(() =>
        Run(Situation.Parse(["[zero page]", "mmap 0+1", "read 0+1", "fork", "1: table 0+1"]))[0] is not [.., "1 present"]);

    /// <summary>The release of the kernel that runs here, such as <c>6.18</c>.</summary>
    public static string Release { get; } =
        OperatingSystem.IsLinux() ? string.Join('.', File.ReadAllText("/proc/sys/kernel/osrelease").Split('.', '-').Take(2)) : "";

    /// <summary>Whether the running kernel maps the zero page for loads from untouched anonymous memory, as nearly all kernels do.</summary>
    public static bool UsesZeroPage => s_usesZeroPage.Value;

    /// <summary>Why no situation can be run here; null if it can be tried.</summary>
    public static string? UnsupportedReason =>
        !OperatingSystem.IsLinux() ? "MADV_COLLAPSE needs Linux"
        : !File.Exists(s_probe) ? "the probe was not built, because there is no C compiler"
        : null;

    /// <summary>Returns the running kernel's answers to each situation, one for each operation; fewer if the situation could not be run to its end.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Run(IReadOnlyList<Situation> situations)
    {
        var start = new ProcessStartInfo(s_probe) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task feeding = Task.Run(() =>
        {
            foreach (Situation situation in situations)
                process.StandardInput.Write(situation.ToRequest());
            process.StandardInput.Close();
        });
        var all = ReadAnswers(process.StandardOutput).ToList();
        feeding.Wait();
        process.WaitForExit();
        Require.True(process.ExitCode == 0 && all.Count == situations.Count, $"collapse_probe ended with {process.ExitCode} after {all.Count} of {situations.Count} situations; that it runs all of them");
        return [.. all.Select(answers => answers.Answers)];
    }

    /// <summary>Reads the output of the probe.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<string> Answers)> ReadAnswers(TextReader output)
    {
        (string Name, List<string> Answers)? read = null;
        while (output.ReadLine() is { } line)
        {
            if (!line.StartsWith('['))
            {
                read?.Answers.Add(line);
                continue;
            }
            if (read is { } whole)
                yield return whole;
            read = (line[1..^1], []);
        }
        if (read is { } last)
            yield return last;
    }
}
