using System.Diagnostics;
using CopyMc.Contract.Promises;

namespace CopyMc.Contract;

/// <summary>This very program once more, to do what its process may not survive. Whoever runs promises hands such a start over to <see cref="Do"/>.</summary>
public static class Child
{
    /// <summary>The first argument of such a start; the deed follows.</summary>
    public const string Argument = "--deed";

    /// <summary>Does one deed: the exit code is 0 if it went as it should.</summary>
    public static int Do(string deed) => deed switch
    {
        nameof(EarlyReports.MarkedBeforeItIsMet) => EarlyReports.MarkedBeforeItIsMet(),
        nameof(UnprotectedCopies.CopyUnprotected) => UnprotectedCopies.CopyUnprotected(),
        _ => throw new ArgumentException($"There is no deed '{deed}'.", nameof(deed)),
    };

    /// <summary>Has it done, and waits. A signal that killed the child shows as 128 plus its number.</summary>
    internal static int Run(string deed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Argument);
        start.ArgumentList.Add(deed);
        using Process child = Process.Start(start)!;
        if (child.WaitForExit(TimeSpan.FromMinutes(2)))
            return child.ExitCode;
        child.Kill();
        throw new ContractViolationException($"The child process that was to do '{deed}' did not end.");
    }
}
