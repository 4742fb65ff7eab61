[assembly: AssemblyFixture(typeof(CopyMc.Bench.Tests.ChildFiles))]
[assembly: AssemblyFixture(typeof(CopyMc.Contract.LostFrames))]

namespace CopyMc.Bench.Tests;

/// <summary>The temporary directory of all processes that tests start. A .NET process that is killed leaves its diagnostic socket and pipes there.</summary>
public sealed class ChildFiles : IDisposable
{
    private static readonly TemporaryDirectory s_directory = new();

    internal static string Path => s_directory.Path;

    public void Dispose() => s_directory.Dispose();
}
