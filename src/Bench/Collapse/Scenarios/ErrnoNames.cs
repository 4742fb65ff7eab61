using CopyMc.Simulation;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>What a collapse may be expected to return.</summary>
internal static class ErrnoNames
{
    private const string Success = "0";

    /// <summary>Those of <c>MADV_COLLAPSE</c>.</summary>
    internal static IEnumerable<string> All { get; } = [nameof(Errno.EAGAIN), nameof(Errno.ENOMEM), nameof(Errno.EBUSY), nameof(Errno.EINVAL)];

    internal static bool IsKnown(string name) => name == Success || All.Contains(name);

    internal static string Of(Errno errno) => errno == Errno.None ? Success : errno.ToString();
}
