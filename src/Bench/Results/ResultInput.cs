namespace CopyMc.Bench.Results;

/// <summary>A result and the file it was read from.</summary>
internal sealed record ResultInput(string Path, Result Content)
{
    /// <inheritdoc cref="ResultFile.Read"/>
    internal static ResultInput Read(string path) => new(path, ResultFile.Read(path));

    internal string Name => System.IO.Path.GetFileName(Path);
}
