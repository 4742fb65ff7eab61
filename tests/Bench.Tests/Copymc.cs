using System.Diagnostics;

namespace CopyMc.Bench.Tests;

/// <summary>Runs the command as a user does, with its output piped.</summary>
internal sealed record Copymc(int ExitCode, string Output, string Error)
{
    internal static Copymc Run(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CopyMc.Bench.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("COPYMC_KERNEL");
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Copymc(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    internal void ExpectOneLineOfError(int exitCode, string mentions)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.Contains(mentions, Error);
        Assert.Single(Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", Error);
    }
}
