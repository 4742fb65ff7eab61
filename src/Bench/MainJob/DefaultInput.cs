using System.Runtime.InteropServices;

namespace CopyMc.Bench.MainJob;

/// <summary>Real bytes that every machine has: the largest native library of the running .NET runtime.</summary>
internal static class DefaultInput
{
    internal static string Find()
    {
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        return runtime.EnumerateFiles("*.so").Concat(runtime.EnumerateFiles("*.dll"))
            .OrderByDescending(file => file.Extension == ".so").ThenByDescending(file => file.Length)
            .First().FullName;
    }
}
