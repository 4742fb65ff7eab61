namespace CopyMc.Bench.Tests.Rescue;

/// <summary>A directory for files of a few GiB: in memory where there is room.</summary>
internal sealed class LargeFiles : IDisposable
{
    private const string InMemory = "/dev/shm";

    private readonly string _path;

    internal LargeFiles(long neededBytes)
    {
        string parent = Directory.Exists(InMemory) && new DriveInfo(InMemory).AvailableFreeSpace > neededBytes ? InMemory : System.IO.Path.GetTempPath();
        Assert.SkipUnless(new DriveInfo(parent).AvailableFreeSpace > neededBytes, $"There is no room for {neededBytes} bytes.");
        _path = System.IO.Path.Combine(parent, $"copymc-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_path);
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    internal string File(string name) => System.IO.Path.Combine(_path, name);
}
