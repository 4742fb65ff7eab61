namespace CopyMc.Contract;

/// <summary>Makes an engine for a kernel.</summary>
internal static class Engines
{
    internal static CopyEngine Of(string kernel) => Of(CopyKernel.Find(kernel));

    internal static CopyEngine Of(CopyKernel kernel) => new(new CopyEngineOptions { Kernel = kernel });
}
