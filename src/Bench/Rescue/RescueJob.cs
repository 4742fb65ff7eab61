using CopyMc.Bench.Terminal;

namespace CopyMc.Bench.Rescue;

/// <summary>A source, a destination and a map file that belong together, and that nothing speaks against. Made before a byte is written.</summary>
internal sealed class RescueJob : IDisposable
{
    private readonly (long Seconds, uint Nanoseconds)? _modifiedAtFirst;

    /// <param name="source">Open.</param>
    /// <param name="destination">Open.</param>
    /// <param name="mapFile">Where the map is kept.</param>
    /// <param name="before">What the last run left; null: there was none.</param>
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

    /// <summary>Whether somebody wrote to the source since the first run began.</summary>
    internal bool SourceWasWritten => Source.Modified is { } now && now != _modifiedAtFirst;

    /// <summary>Opens everything; where that throws, nothing was overwritten.</summary>
    /// <param name="sourcePath">The file or block device.</param>
    /// <param name="destinationPath">The file to copy it to.</param>
    /// <param name="mapPath">The map file; null: the destination's name and ".map".</param>
    /// <param name="startOver">Whether what is in the destination and in the map file may go.</param>
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
            if (!resumes && !startOver)
                ThrowIfInUse(destination, mapFile);
            var job = new RescueJob(source, destination, mapFile, resumes ? ReadMap(mapFile, source, destination) : null);
            destination.Reserve(source.Length);
            if (job.Map.FinishedBytes == 0)
            {
                // The map first: should this be the end, the next run finds a destination that it may clear.
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

    /// <summary>Writes the map file. What the map claims must be on the disk.</summary>
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

    /// <summary>A destination with nothing in it has nothing to lose.</summary>
    private static void ThrowIfInUse(RescueDestination destination, MapFile file)
    {
        if (destination.Length > 0)
        {
            throw new IOException(
                $"The destination '{destination.Path}' exists, and there is no map file '{file.Path}'. Name its map file with --map, or start over with --force.");
        }
    }

    private static MapFileContent ReadMap(MapFile file, RescueSource source, RescueDestination destination)
    {
        const string Remedy = "Name another with --map, or start over with --force.";
        MapFileContent content = file.Read();
        if (content.Source is not null && content.Source != Path.GetFullPath(source.Path))
            throw new IOException($"The map file '{file.Path}' is of the source '{content.Source}', not of '{source.Path}'. {Renamed("Source")} {Remedy}");
        if (content.SourceIdentity is not null && content.SourceIdentity != source.Identity)
        {
            throw new IOException(
                $"The map file '{file.Path}' is of another source of the name '{source.Path}': {content.SourceIdentity}, not {source.Identity}. "
                + $"If it is the same after all, delete the line '# Source identity:' from the map file. {Remedy}");
        }
        if (content.Destination is not null && content.Destination != Path.GetFullPath(destination.Path))
        {
            throw new IOException(
                $"The map file '{file.Path}' is of the destination '{content.Destination}', not of '{destination.Path}'. {Renamed("Destination")} {Remedy}");
        }
        if (content.Map.ByteCount != source.Length)
        {
            throw new IOException(
                $"The map file '{file.Path}' is of a source of {Units.Exact(content.Map.ByteCount)}, and '{source.Path}' has {Units.Exact(source.Length)}. {Remedy}");
        }
        // ddrescue makes it longer as it goes.
        long least = content.Map.FinishedEnd;
        if (least > 0 && (destination.Length < least || destination.Length > source.Length))
        {
            throw new IOException(
                $"The map file '{file.Path}' says that {Units.Exact(content.Map.FinishedBytes)} are rescued, but the destination '{destination.Path}' "
                + (destination.Length switch
                {
                    0 => "is not there.",
                    long length when length < least => $"has {Units.Exact(length)}, and they reach to {Units.Exact(least)}.",
                    long length => $"has {Units.Exact(length)}, and the source {Units.Exact(source.Length)}.",
                }) + $" {Remedy}");
        }
        return content;

        static string Renamed(string what) => $"If it is the same under another name, delete the line '# {what}:' from the map file.";
    }
}
