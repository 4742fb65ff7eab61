using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CopyMc.Bench.Output;

/// <summary>
/// A file for a report: written under a temporary name beside it and moved, so that no half a report ever has the final name. <c>-</c> is
/// the standard output.
/// </summary>
internal sealed class ReportFile
{
    internal const string StandardOutput = "-";

    private readonly string? _path;
    private readonly string _temporary = "";

    /// <summary>Makes sure, before anything is measured, that the report can be written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    internal ReportFile(string path)
    {
        if (path == StandardOutput)
            return;
        // Through a link to what it points to: the link is to stay.
        var named = new FileInfo(path);
        _path = named.LinkTarget is null ? named.FullName : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        _temporary = $"{_path}.{Environment.ProcessId}.tmp";
        if (Directory.Exists(_path))
            throw new IOException($"'{path}' is a directory.");
        if (IsDevice(named.FullName) || IsDevice(_path))
            throw new IOException($"'{path}' is not a place for a file.");
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

    /// <summary>The final name.</summary>
    /// <exception cref="InvalidOperationException">It is the standard output.</exception>
    internal string Path => _path ?? throw new InvalidOperationException("The standard output has no name.");

    /// <summary>For an option that may be missing.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static ReportFile? For(string? path) => path is null ? null : new ReportFile(path);

    /// <exception cref="IOException">The disk is full, or the file cannot be written any more.</exception>
    internal void Write<T>(T report, JsonTypeInfo<T> type) => Write(stream => JsonSerializer.Serialize(stream, report, type));

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

    /// <summary>Whoever can write only to a file of a name; not to the standard output.</summary>
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

    /// <summary>A move would put a plain file in a device's place, for everybody.</summary>
    private static bool IsDevice(string path) =>
        path.StartsWith("/proc/", StringComparison.Ordinal)
        || (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal));
}
