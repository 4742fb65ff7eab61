using System.Runtime.Loader;

namespace CopyMc.Diagnostics;

/// <summary>The load context of this library, if a host can unload it, as it does with plugins.</summary>
internal static class LoadContext
{
    /// <summary>Runs an action before the context is unloaded: what the process refers to would keep it alive.</summary>
    internal static void OnUnload(Action action)
    {
        // Not for the others: their event comes at the end of the process, when other threads still copy.
        if (AssemblyLoadContext.GetLoadContext(typeof(LoadContext).Assembly) is { IsCollectible: true } context)
            context.Unloading += _ => action();
    }
}
