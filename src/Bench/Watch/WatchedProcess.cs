using System.Diagnostics;
using CopyMc.Bench.Results;
using Microsoft.Diagnostics.NETCore.Client;

namespace CopyMc.Bench.Watch;

/// <summary>A .NET process with a diagnostic port.</summary>
/// <param name="id">The number of the process.</param>
/// <param name="name">Its name.</param>
internal sealed class WatchedProcess(int id, string name)
{
    internal int Id { get; } = id;

    internal string Name { get; } = name;

    internal DiagnosticsClient Client { get; } = new(id);

    /// <exception cref="InvalidInputException">There is no such process, or it is not a .NET process.</exception>
    internal static WatchedProcess Open(int id)
    {
        string name = NameOf(id);
        return DiagnosticsClient.GetPublishedProcesses().Contains(id)
            ? new WatchedProcess(id, name)
            : throw new InvalidInputException(
                $"Process {id} ({name}) has no .NET diagnostic port here: it is no .NET process, another user's, or was started with another TMPDIR or DOTNET_EnableDiagnostics=0.");
    }

    private static string NameOf(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return process.ProcessName;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new InvalidInputException($"There is no process {id}.");
        }
    }
}
