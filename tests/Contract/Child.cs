using System.Diagnostics;
using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>Starts this program again for an action that may kill it. A program that tests promises passes that start on to <see cref="Run"/>.</summary>
public static class Child
{
    /// <summary>The first argument of the child; the action follows.</summary>
    public const string Argument = "--contract-child";

    /// <summary>Runs an action in the child. Returns the exit code, 0 on success.</summary>
    public static int Run(string action) => action.Split(' ') switch
    {
        [nameof(EarlyReports.ReportFrame)] => EarlyReports.ReportFrame(),
        [nameof(UnprotectedCopies.CopyUnprotected), string source] => UnprotectedCopies.CopyUnprotected(Enum.Parse<PoisonSource>(source)),
        _ => throw new ArgumentException($"There is no action '{action}'.", nameof(action)),
    };

    /// <summary>Starts the child and waits. Returns its exit code, 128 plus the signal if one killed it, and its output.</summary>
    internal static (int ExitCode, string Output, string Error) Start(string action)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(action);
        using Process child = Process.Start(start)!;
        Task<string> output = child.StandardOutput.ReadToEndAsync(), error = child.StandardError.ReadToEndAsync();
        if (child.WaitForExit(TimeSpan.FromMinutes(2)))
            return (child.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        child.Kill();
        throw new ContractViolationException($"The child process for '{action}' did not end.");
    }
}
