namespace CopyMc.Bench.Commands;

/// <summary>The engine that every command copies with.</summary>
internal static class SharedEngine
{
    private const string Variable = "COPYMC_KERNEL";

    /// <exception cref="ArgumentException">The environment asks for a kernel that does not exist; the message lists those that do.</exception>
    /// <exception cref="PlatformNotSupportedException">It asks for one that cannot run here.</exception>
    internal static CopyEngine Get()
    {
        string? name = Environment.GetEnvironmentVariable(Variable)?.Trim();
        if (!string.IsNullOrEmpty(name) && !CopyKernel.All.Any(kernel => kernel.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException(
                $"{Variable}: there is no copy kernel '{name}'. Known are: {string.Join(", ", CopyKernel.All.Select(kernel => kernel.Name))}.");
        }
        return CopyEngine.Shared;
    }
}
