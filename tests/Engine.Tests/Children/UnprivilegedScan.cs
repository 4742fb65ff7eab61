using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>Scans for poison without root privileges.</summary>
internal static partial class UnprivilegedScan
{
    private const int Nobody = 65534;

    internal static unsafe int Run()
    {
        // Fails if the process is not root, and then it has no privileges to drop.
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
