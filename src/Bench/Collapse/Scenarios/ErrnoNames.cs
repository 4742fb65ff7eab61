namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The errnos of <c>madvise(2)</c>, by name.</summary>
internal static class ErrnoNames
{
    private static readonly (int Number, string Name)[] s_names = [(0, "0"), (11, "EAGAIN"), (12, "ENOMEM"), (16, "EBUSY"), (22, "EINVAL")];

    internal static IEnumerable<string> All => s_names.Skip(1).Select(one => one.Name);

    internal static bool IsKnown(string name) => s_names.Any(one => one.Name == name);

    internal static string Of(int errno) => s_names.First(one => one.Number == errno).Name;
}
