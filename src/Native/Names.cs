using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace CopyMc.Native;

/// <summary>Names as strings of C, which live as long as the process.</summary>
internal static unsafe class Names
{
    private static readonly ConcurrentDictionary<string, nint> s_names = [];

    /// <summary>The environment variable that chooses the kernel of engines whose options name none.</summary>
    internal const string KernelVariable = "COPYMC_KERNEL";

    internal static byte* Empty => Of("");

    /// <summary>A name from a small set; null for null.</summary>
    internal static byte* Of(string? name) =>
        name is null ? null : (byte*)s_names.GetOrAdd(name, static text => Marshal.StringToCoTaskMemUTF8(text));

    /// <summary>The name of a value of an enumeration in capitals: <c>MEMORY_ERROR</c>; null if it is none.</summary>
    internal static byte* Of<T>(T value)
        where T : struct, Enum => Of(Capitals(value));

    /// <summary>The same as text.</summary>
    internal static string? Capitals<T>(T value)
        where T : struct, Enum => Enum.GetName(value) is { } name ? Words(name, '_').ToUpperInvariant() : null;

    /// <summary>The words of a name: <c>KnownPoison</c> is <c>known poison</c>.</summary>
    internal static string Words(string name, char separator)
    {
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && words.Length != 0)
                words.Append(separator);
            words.Append(char.ToLowerInvariant(letter));
        }
        return words.ToString();
    }
}
