using System.Diagnostics;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Starts this program again, to run a scenario that may kill it.</summary>
internal static class ChildProcess
{
    internal const string Argument = "--child";

    /// <summary>The time after which a child that hangs fails its test.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    internal static ChildResult Run(string scenario, params string[] arguments) => Run(new Dictionary<string, string?>(), scenario, arguments);

    internal static ChildResult Run(IReadOnlyDictionary<string, string?> environment, string scenario, params string[] arguments)
    {
        // A .NET process that a signal ends leaves its diagnostic socket and pipes in the temporary directory.
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("copymc-");
        try
        {
            return Run(temporary.FullName, environment, scenario, arguments);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static ChildResult Run(string temporary, IReadOnlyDictionary<string, string?> environment, string scenario, string[] arguments)
    {
        string self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (string argument in (IEnumerable<string>)[Argument, scenario, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment.Remove(KernelCatalog.EnvironmentVariable);
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["TMPDIR"] = temporary;
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            process.WaitForExit();
            Assert.Fail($"The child process '{scenario} {string.Join(' ', arguments)}' did not end.");
        }
        return new ChildResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
