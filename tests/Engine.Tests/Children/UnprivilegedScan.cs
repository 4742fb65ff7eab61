using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>A scan for poison by somebody who is not root any more, if he was.</summary>
internal static partial class UnprivilegedScan
{
    private const int Nobody = 65534;

    internal static unsafe int Run()
    {
        // Fails where this is not root, and then there is nothing to give up.
        _ = SetUserId(Nobody);
        byte* somewhere = stackalloc byte[1];
        using var map = new PoisonMap(somewhere, 1);
        try
        {
            Console.WriteLine(PoisonScan.Run(map));
            return 1;
        }
        catch (PlatformNotSupportedException refusal)
        {
            Console.WriteLine(refusal.Message);
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "setuid")]
    private static partial int SetUserId(int user);
}
