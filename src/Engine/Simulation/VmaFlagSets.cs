namespace CopyMc.Simulation;

/// <summary>Sets of flags of areas.</summary>
internal static class VmaFlagSets
{
    internal const VmaFlags Access = VmaFlags.Read | VmaFlags.Write | VmaFlags.Execute;

    internal const VmaFlags Userfaultfd = VmaFlags.UffdMissing | VmaFlags.UffdWriteProtect | VmaFlags.UffdMinor;

    internal const VmaFlags Lock = VmaFlags.Locked | VmaFlags.LockOnFault;

    internal static VmaFlags Of(Protection protection) => (VmaFlags)(int)(protection & Protection.ReadWrite)
        | ((protection & Protection.Execute) != 0 ? VmaFlags.Execute : VmaFlags.None);
}
