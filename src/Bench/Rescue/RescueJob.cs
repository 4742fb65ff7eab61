using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Rescue;

/// <summary>A source, a destination and a map file that belong together. All checks are made before a byte is written.</summary>
internal sealed class RescueJob : IDisposable
{
    private readonly (long Seconds, uint Nanoseconds)? _modifiedAtFirst;

    /// <param name="source">Open.</param>
    /// <param name="destination">Open.</param>
    /// <param name="mapFile">Where the map is kept.</param>
    /// <param name="before">The map file of the last run; null: there was none.</param>
    private RescueJob(RescueSource source, RescueDestination destination, MapFile mapFile, MapFileContent? before)
    {
        Source = source;
        Destination = destination;
        MapFile = mapFile;
        Map = before?.Map ?? new RescueMap(source.Length);
        _modifiedAtFirst = before?.SourceModified ?? source.Modified;
    }

    internal RescueSource Source { get; }

    internal RescueDestination Destination { get; }

    internal MapFile MapFile { get; }

    internal RescueMap Map { get; }

    /// <summary>Whether the source was written to since the first run began.</summary>
    internal bool SourceWasWritten => Source.Modified is { } now && now != _modifiedAtFirst;

    /// <summary>Opens everything. If that throws, nothing was overwritten.</summary>
    /// <param name="sourcePath">The file or block device.</param>
    /// <param name="destinationPath">The file to copy it to.</param>
    /// <param name="mapPath">The map file; null: the destination's name and ".map".</param>
    /// <param name="startOver">Whether the contents of the destination and of the map file may be lost.</param>
    /// <exception cref="IOException">Something is missing, or does not belong to the rest; the message says what.</exception>
    /// <exception cref="UnauthorizedAccessException">Something may not be read or written.</exception>
    internal static RescueJob Open(string sourcePath, string destinationPath, string? mapPath, bool startOver)
    {
        var mapFile = new MapFile(mapPath ?? destinationPath + ".map");
        RescueSource? source = null;
        RescueDestination? destination = null;
        try
        {
            source = new RescueSource(sourcePath);
            ThrowIfSameFile(mapFile, source, destinationPath);
            destination = new RescueDestination(destinationPath, source);
            // The destination is locked from here on: no other rescue changes its map.
            bool resumes = !startOver && mapFile.Exists;
            // An empty destination has nothing to lose.
            if (!resumes && !startOver && destination.Length > 0)
            {
                throw new IOException(
                    $"The destination '{destinationPath}' exists, and there is no map file '{mapFile.Path}'. "
                    + "Name its map file with --map, or start over with --force.");
            }
            var job = new RescueJob(source, destination, mapFile, resumes ? ReadMap(mapFile, source, destination) : null);
            destination.Reserve(source.Length);
            if (job.Map.FinishedBytes == 0)
            {
                // The map first: if the process ends here, the next run finds a destination that it may clear.
                job.SaveMap(0, '?');
                destination.Clear(source.Length);
            }
            else
            {
                destination.Lengthen(source.Length);
            }
            return job;
        }
        catch
        {
            source?.Dispose();
            destination?.Dispose();
            throw;
        }
    }

    /// <summary>Writes the map file. The data that it claims must be on the disk.</summary>
    internal void SaveMap(long position, char status) =>
        MapFile.Save(new MapFileContent(
            Map, Path.GetFullPath(Source.Path), Path.GetFullPath(Destination.Path), Source.Identity, _modifiedAtFirst, position, status));

    public void Dispose()
    {
        Source.Dispose();
        Destination.Dispose();
    }

    private static void ThrowIfSameFile(MapFile mapFile, RescueSource source, string destinationPath)
    {
        if (Path.GetFullPath(mapFile.Path) == Path.GetFullPath(destinationPath))
            throw new IOException($"The map file and the destination '{destinationPath}' are the same file.");
        if (SystemCalls.Status(mapFile.Path) is not { } found)
            return;
        if (!found.IsRegular)
            throw new IOException($"The map file '{mapFile.Path}' is {(found.IsDirectory ? "a directory" : "not a file")}.");
        if (source.IsSameFile(found))
            throw new IOException($"The source '{source.Path}' and the map file '{mapFile.Path}' are the same file.");
        if (SystemCalls.Status(destinationPath) is { } destination && destination.IsSameFile(found))
            throw new IOException($"The map file '{mapFile.Path}' and the destination '{destinationPath}' are the same file.");
    }

    private static MapFileContent ReadMap(MapFile file, RescueSource source, RescueDestination destination)
    {
        MapFileContent content = file.Read();
        // ddrescue makes the destination longer as it goes.
        long least = content.Map.FinishedEnd, length = destination.Length;
        bool destinationFits = least == 0 || (length >= least && length <= source.Length);
        string? mismatch =
            content.Source is not null && content.Source != Path.GetFullPath(source.Path)
                ? $"is of the source '{content.Source}', not of '{source.Path}'. {Renamed("Source")}"
            : content.SourceIdentity is not null && content.SourceIdentity != source.Identity
                ? $"is of another source of the name '{source.Path}': {content.SourceIdentity}, not {source.Identity}. "
                    + "If it is the same after all, delete the line '# Source identity:' from the map file."
            : content.Destination is not null && content.Destination != Path.GetFullPath(destination.Path)
                ? $"is of the destination '{content.Destination}', not of '{destination.Path}'. {Renamed("Destination")}"
            : content.Map.ByteCount != source.Length
                ? $"is of a source of {Units.Exact(content.Map.ByteCount)}, and '{source.Path}' has {Units.Exact(source.Length)}."
            : !destinationFits
                ? $"says that {Units.Exact(content.Map.FinishedBytes)} are rescued, but the destination '{destination.Path}' "
                    + (length == 0 ? "is not there."
                        : length < least ? $"has {Units.Exact(length)}, and they reach to {Units.Exact(least)}."
                        : $"has {Units.Exact(length)}, and the source {Units.Exact(source.Length)}.")
            : null;
        return mismatch is null
            ? content
            : throw new IOException($"The map file '{file.Path}' {mismatch} Name another with --map, or start over with --force.");

        static string Renamed(string what) => $"If it is the same under another name, delete the line '# {what}:' from the map file.";
    }
}
