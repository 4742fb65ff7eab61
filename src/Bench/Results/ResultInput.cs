namespace CopyMc.Bench.Results;

/// <summary>A result that was read, and where from.</summary>
internal sealed record ResultInput(string Path, Result Content)
{
    /// <inheritdoc cref="ResultFile.Read"/>
    internal static ResultInput Read(string path) => new(path, ResultFile.Read(path));

    internal string Name => System.IO.Path.GetFileName(Path);
}
