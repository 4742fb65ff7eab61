namespace CopyMc.Bench.Recovery;

/// <summary>Real bytes that every machine has: the largest native library of the running .NET runtime.</summary>
internal static class DefaultInput
{
    internal static string Find()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return new DirectoryInfo(runtime).EnumerateFiles("*.so").Concat(new DirectoryInfo(runtime).EnumerateFiles("*.dll"))
            .OrderByDescending(file => file.Extension == ".so").ThenByDescending(file => file.Length)
            .First().FullName;
    }
}
