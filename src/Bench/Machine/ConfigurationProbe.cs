using System.Collections;

namespace CopyMc.Bench.Machine;

/// <summary>Finds the environment variables that change what is measured: the engine's, and those of the runtime about code and collections.</summary>
internal static class ConfigurationProbe
{
    private static readonly string[] s_prefixes = ["COPYMC_", "DOTNET_Tiered", "DOTNET_TC_", "DOTNET_ReadyToRun", "DOTNET_Enable", "DOTNET_GC", "DOTNET_gc", "DOTNET_MaxVectorT"];

    /// <param name="environment">Names and values, as the runtime returns them.</param>
    internal static SortedDictionary<string, string> Run(IDictionary environment) => new(
        environment.Cast<DictionaryEntry>()
            .Select(variable => ((string)variable.Key, Value: (string?)variable.Value ?? ""))
            .Where(variable => variable.Value.Length > 0 && s_prefixes.Any(prefix => variable.Item1.StartsWith(prefix, StringComparison.Ordinal)))
            .ToDictionary(variable => variable.Item1, variable => variable.Value),
        StringComparer.Ordinal);
}
