using System.Text.Json;

namespace CopyMc.Bench.Tests.MainJob;

/// <summary>One run of the main job with everything left as it is by default, for several tests to look at.</summary>
public sealed class MainJobRun : IDisposable
{
    private readonly JsonDocument _json;

    public MainJobRun()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("report.json");
        Command = Copymc.Run("--smoke", "--json", path);
        Assert.True(File.Exists(path), Command.Error + Command.Output);
        Assert.Single(Directory.GetFiles(directory.Path));
        _json = JsonDocument.Parse(File.ReadAllBytes(path));
    }

    internal Copymc Command { get; }

    internal JsonElement Json => _json.RootElement;

    public void Dispose() => _json.Dispose();
}
