using System.Diagnostics;

namespace CopyMc.Bench.Tests;

/// <summary>Runs the command as a user does, with its output piped.</summary>
internal sealed record Copymc(int ExitCode, string Output, string Error)
{
    internal static Copymc Run(params string[] arguments) => Run(kernel: null, arguments);

    /// <param name="kernel">What COPYMC_KERNEL says; null: nothing.</param>
    internal static Copymc Run(string? kernel, string[] arguments)
    {
        using Process process = Start(kernel, arguments);
        return WaitFor(process);
    }

    /// <summary>With a profile for long copies.</summary>
    internal static Copymc RunTuned(string profile, params string[] arguments)
    {
        using Process process = Start(kernel: null, arguments, profile);
        return WaitFor(process);
    }

    /// <summary>Starts it and does not wait.</summary>
    internal static Process Start(string? kernel, string[] arguments, string? profile = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "CopyMc.Bench.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["TMPDIR"] = ChildFiles.Path;
        start.Environment.Remove("COPYMC_KERNEL");
        start.Environment.Remove("COPYMC_TUNING");
        if (profile is not null)
            start.Environment["COPYMC_TUNING"] = profile;
        if (kernel is not null)
            start.Environment["COPYMC_KERNEL"] = kernel;
        return Process.Start(start)!;
    }

    internal static Copymc WaitFor(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Copymc(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    internal Copymc ExpectSuccess()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Error}{Output}");
        Assert.Empty(Error);
        return this;
    }

    /// <summary>One line on the standard error, nothing on the standard output, and no stack trace.</summary>
    internal void ExpectOneLineOfError(int exitCode, params string[] mentions)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.StartsWith("copymc: ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Error);
        Assert.Empty(Output);
        foreach (string mention in mentions)
            Assert.Contains(mention, Error);
    }
}
