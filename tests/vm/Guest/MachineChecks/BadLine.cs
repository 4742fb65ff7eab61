namespace CopyMc.Guest.MachineChecks;

/// <summary>A bad line, and the start of the copy that reads it, in bytes from the start of the bad page.</summary>
internal readonly record struct BadLine(string Name, int Start, int Offset)
{
    /// <summary>The lines to test. Each is near the start of the copy, because the debugger goes there step by step.</summary>
    internal static IReadOnlyList<BadLine> All { get; } =
    [
        new("at the first line of a page", Start: -256, Offset: 0),
        new("at the first line of a page, from an odd address", Start: -201, Offset: 0),
        new("at a line inside a page", Start: -128, Offset: 192),
        new("at a line of the page in which the copy starts", Start: 64, Offset: 192),
    ];
}
