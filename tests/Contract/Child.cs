using System.Diagnostics;
using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>This very program once more, to do what its process may not survive. Whoever runs promises hands such a start over to <see cref="Do"/>.</summary>
public static class Child
{
    /// <summary>The first argument of such a start; the deed follows.</summary>
    public const string Argument = "--deed";

    /// <summary>Does one deed: the exit code is 0 if it went as it should.</summary>
    public static int Do(string deed) => deed.Split(' ') switch
    {
        [nameof(EarlyReports.MarkedBeforeItIsMet)] => EarlyReports.MarkedBeforeItIsMet(),
        [nameof(UnprotectedCopies.CopyUnprotected), string source] => UnprotectedCopies.CopyUnprotected(Enum.Parse<PoisonSource>(source)),
        _ => throw new ArgumentException($"There is no deed '{deed}'.", nameof(deed)),
    };

    /// <summary>Has it done, and waits. A signal that killed the child shows as 128 plus its number; what it printed is what it said.</summary>
    internal static (int ExitCode, string Said, string Complaint) Run(string deed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(deed);
        using Process child = Process.Start(start)!;
        Task<string> said = child.StandardOutput.ReadToEndAsync(), complaint = child.StandardError.ReadToEndAsync();
        if (child.WaitForExit(TimeSpan.FromMinutes(2)))
            return (child.ExitCode, said.GetAwaiter().GetResult(), complaint.GetAwaiter().GetResult());
        child.Kill();
        throw new ContractViolationException($"The child process that was to do '{deed}' did not end.");
    }
}
