namespace CopyMc.Bench.Output;

/// <summary>Reads files of text that are small if they are what they should be: a pipe too, and nothing without end.</summary>
internal static class WholeFile
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <returns>Its bytes, without the byte order mark that it may begin with.</returns>
    /// <exception cref="InvalidInputException">It is larger.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static byte[] Read(string path, int mostMiB = 64)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a directory.");
        using FileStream file = File.OpenRead(path);
        using var content = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        // Not by the file's length: a pipe has none, and what never ends says 0.
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            content.Write(buffer, 0, read);
            if (content.Length > (long)mostMiB << 20)
                throw new InvalidInputException($"'{path}' is larger than {mostMiB} MiB: copymc reads no such file.");
        }
        ReadOnlySpan<byte> bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        return (bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes).ToArray();
    }
}
