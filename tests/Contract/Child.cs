using System.Diagnostics;
using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>Starts this program again for an action that may kill it. A program that runs promises passes such a start to <see cref="Do"/>.</summary>
public static class Child
{
    /// <summary>The first argument of such a start; the action follows.</summary>
    public const string Argument = "--deed";

    /// <summary>Does one action. Returns the exit code, 0 on success.</summary>
    public static int Do(string deed) => deed.Split(' ') switch
    {
        [nameof(EarlyReports.MarkedBeforeItIsMet)] => EarlyReports.MarkedBeforeItIsMet(),
        [nameof(UnprotectedCopies.CopyUnprotected), string source] => UnprotectedCopies.CopyUnprotected(Enum.Parse<PoisonSource>(source)),
        _ => throw new ArgumentException($"There is no deed '{deed}'.", nameof(deed)),
    };

    /// <summary>Starts the child and waits. Returns its exit code, 128 plus the signal if one killed it, and its output.</summary>
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
