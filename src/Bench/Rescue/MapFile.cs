using System.Text;
using CopyMc.Bench.Results;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The map file on disk. It is never partly written: a new one is written beside it, flushed, and moved there. The data that a map claims is
/// flushed before the map is saved.
/// </summary>
internal sealed class MapFile
{
    private readonly string _path;
    private readonly string _temporary;

    internal MapFile(string path)
    {
        Path = path;
        // The file that a link points to is replaced, not the link.
        var named = new FileInfo(path);
        _path = named.LinkTarget is null ? named.FullName : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        // The same name in every run, which replaces what a killed run left.
        _temporary = _path + ".copymc-partial";
    }

    /// <summary>As the user named it.</summary>
    internal string Path { get; }

    internal bool Exists => File.Exists(_path);

    /// <exception cref="IOException">It cannot be read, or is no map; the message says where.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal MapFileContent Read()
    {
        try
        {
            return MapFileContent.Parse(Encoding.UTF8.GetString(WholeFile.Read(_path, mostMiB: 256)));
        }
        catch (FormatException error)
        {
            throw new IOException($"'{Path}' is not a map file: {error.Message}.", error);
        }
    }

    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal void Save(MapFileContent content)
    {
        try
        {
            using (SafeFileHandle file = File.OpenHandle(_temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
            {
                RandomAccess.Write(file, Encoding.UTF8.GetBytes(content.Format()), 0);
                RandomAccess.FlushToDisk(file);
            }
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            File.Delete(_temporary);
            throw new IOException($"The map file '{Path}' cannot be written: {error.Message.Replace(_temporary, Path, StringComparison.Ordinal)}", error);
        }
        SystemCalls.FlushDirectory(System.IO.Path.GetDirectoryName(_path)!);
    }
}
