using CopyMc.Bench.Rescue;

namespace CopyMc.Bench.Tests.Rescue;

/// <summary>A source with random content, the destination and the map file of its rescue.</summary>
public abstract class RescueFiles : IDisposable
{
    private protected RescueFiles(int length)
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Content = new byte[length];
        new Random(1).NextBytes(Content);
        Source = Folder.Write("source", Content);
    }

    private protected TemporaryDirectory Folder { get; } = new();

    private protected byte[] Content { get; }

    private protected string Source { get; }

    private protected string Destination => Folder.File("destination");

    private protected string Map => Destination + ".map";

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Copymc Rescue(params string[] options) => Copymc.Run(["rescue", Source, Destination, .. options]);

    private protected RescueMap ReadMap() => MapFileContent.Parse(File.ReadAllText(Map)).Map;
}
