using System.Text.Json;

namespace CopyMc.Bench.Results;

/// <summary>
/// An output file, written under a temporary name in the same directory and moved, so that the final name never has an incomplete file. <c>-</c> is
/// the standard output.
/// </summary>
internal sealed class ReportFile
{
    internal const string StandardOutput = "-";

    private readonly string? _path;
    private readonly string _temporary = "";

    /// <summary>Checks that the file can be written, before anything is measured.</summary>
    /// <param name="path">The file.</param>
    /// <param name="others">Every other file that the command reads or writes; null: none.</param>
    /// <exception cref="InvalidInputException">It is one of the others.</exception>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    internal ReportFile(string path, params ReadOnlySpan<string?> others)
    {
        if (path == StandardOutput)
            return;
        string place = RealPath(path);
        foreach (string? other in others)
        {
            if (other is not (null or StandardOutput) && RealPath(other) == place)
                throw new InvalidInputException($"'{path}' would overwrite '{other}', which the same command reads or writes.");
        }
        // The target of a link is written, and the link stays.
        _path = place;
        _temporary = $"{_path}.{Environment.ProcessId}.tmp";
        if (Directory.Exists(_path))
            throw new IOException($"'{path}' is a directory.");
        if (IsDevice(System.IO.Path.GetFullPath(path)) || IsDevice(_path))
            throw new IOException($"'{path}' is not a regular file.");
        try
        {
            File.Create(_temporary).Dispose();
            File.Delete(_temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {error.Message.Replace(_temporary, path, StringComparison.Ordinal)}", error);
        }
    }

    /// <summary>The final path.</summary>
    /// <exception cref="InvalidOperationException">It is the standard output.</exception>
    internal string Path => _path ?? throw new InvalidOperationException("The standard output has no path.");

    /// <summary>The file of an option; null if the option is missing.</summary>
    /// <exception cref="InvalidInputException">It is one of the others that the command reads or writes.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static ReportFile? For(string? path, params ReadOnlySpan<string?> others) => path is null ? null : new ReportFile(path, others);

    /// <exception cref="IOException">The disk is full, or the file cannot be written any more.</exception>
    internal void Write(Result report) => Write(stream => JsonSerializer.Serialize(stream, report, report.GetType(), ReportJson.Options));

    /// <exception cref="IOException">The disk is full, or the file cannot be written any more.</exception>
    internal void Write(Action<Stream> write)
    {
        if (_path is null)
        {
            using Stream output = Console.OpenStandardOutput();
            write(output);
            return;
        }
        WriteBy(temporary =>
        {
            using FileStream file = File.Create(temporary);
            write(file);
            file.Flush(flushToDisk: true);
        });
    }

    /// <summary>Writes by a function that takes a path. The standard output has none.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written any more.</exception>
    internal void WriteBy(Action<string> write)
    {
        try
        {
            write(_temporary);
            File.Move(_temporary, Path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(_temporary);
            throw new IOException($"'{_path}' could not be written: {error.Message}", error);
        }
    }

    /// <summary>
    /// Resolves all links in a path, including those of directories. Two hard links to one file are different places: a move to one leaves the other.
    /// </summary>
    private static string RealPath(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (System.IO.Path.GetDirectoryName(full) is not { } directory)
            return full;
        string here = System.IO.Path.Combine(RealPath(directory), System.IO.Path.GetFileName(full));
        var named = new FileInfo(here);
        return named.LinkTarget is null ? here : RealPath(named.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }

    /// <summary>A move would replace a device by a regular file.</summary>
    private static bool IsDevice(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal)
        || (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal));
}
