using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Two copies of CopyMc.dll in one process, as plugins have them: each in a load context of its own.</summary>
internal static class LoadContexts
{
    internal const string SideBySide = "side by side", OneDisabled = "one disabled", OneUnloaded = "one unloaded";

    internal static int Run(string scenario) => scenario switch
    {
        SideBySide => AreSideBySide(),
        OneDisabled => OneIsDisabled(),
        OneUnloaded => OneIsUnloaded(),
        _ => throw new ArgumentException(scenario),
    };

    /// <summary>Each learns of its own memory, from either's request, and both recover.</summary>
    private static int AreSideBySide()
    {
        var first = new Plugin("first");
        var second = new Plugin("second");
        if (first.Assembly == second.Assembly)
            return 1;
        nuint firstMemory = first.Open(), secondMemory = second.Open();
        for (int i = 0; i < 3; i++)
        {
            _ = EarlyReport.Raise(firstMemory + NativeRegion.PageSize);
            _ = EarlyReport.Raise(secondMemory + 2 * NativeRegion.PageSize);
        }
        if (first.CleanBytes() != NativeRegion.PageSize || second.CleanBytes() != 2 * NativeRegion.PageSize)
            return 2;
        return first.Recovers() && second.Recovers() ? 0 : 3;
    }

    private static int OneIsDisabled()
    {
        var first = new Plugin("first");
        var second = new Plugin("second");
        _ = first.Open();
        _ = second.Open();
        second.Disable();
        second.Disable();
        return first.Recovers() ? 0 : 1;
    }

    /// <summary>The second is unloaded with a live region and reports requested, while reports for its memory arrive.</summary>
    private static int OneIsUnloaded()
    {
        var first = new Plugin("first");
        nuint firstMemory = first.Open();
        WeakReference gone = OpenAndUnload(out nuint secondMemory);
        for (int i = 0; i < 100 && gone.IsAlive; i++)
        {
            _ = EarlyReport.Raise(secondMemory + NativeRegion.PageSize);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(10);
        }
        if (gone.IsAlive)
            return 1;
        for (int i = 0; i < 1000; i++)
            _ = EarlyReport.Raise(secondMemory + NativeRegion.PageSize);
        _ = EarlyReport.Raise(firstMemory + NativeRegion.PageSize);
        return first.CleanBytes() == NativeRegion.PageSize && first.Recovers() ? 0 : 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference OpenAndUnload(out nuint memory)
    {
        var plugin = new Plugin("second");
        memory = plugin.Open();
        return plugin.Unload();
    }

    /// <summary>This assembly and CopyMc.dll, loaded again.</summary>
    private sealed class Plugin
    {
        private readonly Context _context;
        private readonly Type _inside;

        internal Plugin(string name)
        {
            _context = new Context(name);
            Assembly = _context.LoadFromAssemblyPath(typeof(Plugin).Assembly.Location);
            _inside = Assembly.GetType(typeof(InLoadContext).FullName!, throwOnError: true)!;
        }

        internal Assembly Assembly { get; }

        internal nuint Open() => (nuint)Call(nameof(InLoadContext.Open))!;

        internal int CleanBytes() => (int)Call(nameof(InLoadContext.CleanBytes))!;

        internal bool Recovers() => (bool)Call(nameof(InLoadContext.Recovers))!;

        internal void Disable() => Call(nameof(InLoadContext.Disable));

        internal WeakReference Unload()
        {
            _context.Unload();
            return new WeakReference(_context);
        }

        private object? Call(string method) => _inside.GetMethod(method)!.Invoke(null, null);
    }

    private sealed class Context(string name) : AssemblyLoadContext(name, isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assembly) => assembly.Name!.StartsWith("CopyMc", StringComparison.Ordinal)
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assembly.Name + ".dll"))
            : null;
    }
}
