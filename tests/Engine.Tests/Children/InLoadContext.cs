namespace CopyMc.Engine.Tests.Children;

/// <summary>What <see cref="LoadContexts"/> calls in each load context. Public members, for reflection.</summary>
internal static unsafe class InLoadContext
{
    private const int Pages = 4;

    private static NativeRegion? s_region;

    public static nuint Open()
    {
        s_region = new NativeRegion(Pages * NativeRegion.PageSize);
        FaultRecovery.RequestEarlyReports(UncoveredReports.PassOn);
        return (nuint)s_region.Pointer;
    }

    public static int CleanBytes()
    {
        using var destination = new NativeRegion(s_region!.Length);
        return (int)(s_region.Length - CopyEngine.Shared.Copy(s_region.Pointer, destination.Pointer, s_region.Length));
    }

    public static bool Recovers()
    {
        using var lost = new TruncatedFile(NativeRegion.PageSize, kept: 0);
        byte* destination = stackalloc byte[300];
        return CopyEngine.Shared.Copy(lost.Pointer, destination, 300) == 300;
    }

    public static void Disable() => FaultRecovery.Disable();
}
