namespace CopyMc.Bench.Tests.Rescue;

/// <summary>GNU ddrescue's own tool for map files, of the Debian package gddrescue.</summary>
internal static class Ddrescuelog
{
    /// <summary>Where the tool is installed: it reads the map, and agrees with what is rescued.</summary>
    /// <param name="map">The map file.</param>
    /// <param name="complete">Whether all is rescued.</param>
    /// <param name="firstLostSector">The first sector that is lost, if that is to be compared.</param>
    internal static void Accept(string map, bool complete, long? firstLostSector = null)
    {
        if (Tool.Run("ddrescuelog", "--show-status", map) is not { } status)
            return;
        Assert.Equal(0, status.ExitCode);
        Assert.Equal(complete ? 0 : 1, Tool.Run("ddrescuelog", "--done-status", map)!.Value.ExitCode);
        if (complete || firstLostSector is not null)
            Assert.Equal($"{firstLostSector}", Tool.Run("ddrescuelog", "--list-blocks=-", map)!.Value.Output.Split('\n')[0]);
    }
}
