namespace CopyMc.Bench.MainJob;

/// <summary>The file whose bytes are copied.</summary>
internal static class InputFile
{
    /// <exception cref="IOException">The file is not there, is empty, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a directory.");
        var file = new FileInfo(path);
        // Before it is opened: opening a pipe waits for a writer.
        if (file.Exists && file.Length == 0)
            throw new IOException($"'{path}' is empty or not a regular file: there is nothing to copy.");
        return file.OpenRead();
    }

    /// <exception cref="IOException">The file ended early, or cannot be read.</exception>
    internal static void ReadExactly(FileStream file, Span<byte> buffer)
    {
        try
        {
            file.ReadExactly(buffer);
        }
        catch (EndOfStreamException error)
        {
            throw new IOException($"'{file.Name}' became shorter while it was read.", error);
        }
    }
}
