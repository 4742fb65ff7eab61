using System.Text;
using CopyMc.Bench.Results;
using Microsoft.Win32.SafeHandles;

namespace CopyMc.Bench.Rescue;

/// <summary>
/// The map file on disk. Always whole: it is written beside its place, flushed, and moved there. Whoever saves a map has flushed the data
/// that it claims before.
/// </summary>
internal sealed class MapFile
{
    private readonly string _path;
    private readonly string _temporary;

    internal MapFile(string path)
    {
        Path = path;
        // Through a link to what it points to: the link is to stay.
        var named = new FileInfo(path);
        _path = named.LinkTarget is null ? named.FullName : named.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        // One name for every run: what a killed one leaves, the next one replaces.
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
            return MapFileText.Parse(Encoding.UTF8.GetString(WholeFile.Read(_path, mostMiB: 256)));
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
                RandomAccess.Write(file, Encoding.UTF8.GetBytes(MapFileText.Format(content)), 0);
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
