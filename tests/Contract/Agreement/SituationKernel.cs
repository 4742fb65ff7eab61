using System.Diagnostics;

namespace CopyMc.Contract.Agreement;

/// <summary>Runs situations on the kernel that runs here (native/collapse_probe), each in processes of its own.</summary>
public static class SituationKernel
{
    private static readonly string s_probe = Path.Combine(AppContext.BaseDirectory, "collapse_probe");

    /// <summary>The answers to each situation, one for each operation; fewer where the situation could not be run to its end.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Run(IReadOnlyList<Situation> situations)
    {
        var start = new ProcessStartInfo(s_probe, ["situations"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task feeding = Task.Run(() =>
        {
            foreach (Situation situation in situations)
                process.StandardInput.Write(situation.ToRequest());
            process.StandardInput.Close();
        });
        var all = new List<IReadOnlyList<string>>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
                all.Add(new List<string>());
            else
                ((List<string>)all[^1]).Add(line);
        }
        feeding.Wait();
        process.WaitForExit();
        Require.True(process.ExitCode == 0 && all.Count == situations.Count, $"collapse_probe ended with {process.ExitCode} after {all.Count} of {situations.Count} situations; that it runs all of them");
        return all;
    }
}
