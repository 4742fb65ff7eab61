using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace CopyMc.Bench.Results;

/// <summary>Reads small text files and pipes, up to a limit.</summary>
internal static class WholeFile
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads text whose parser does not check the encoding, such as JSON.</summary>
    /// <exception cref="InvalidInputException">A byte is not UTF-8, or the file is too large.</exception>
    /// <inheritdoc cref="Read" path="/exception"/>
    internal static byte[] ReadUtf8(string path)
    {
        byte[] content = Read(path);
        int valid = Utf8.IsValid(content) ? content.Length : ValidPrefix(content);
        return valid == content.Length
            ? content
            : throw new InvalidInputException($"'{path}', line {1 + content.AsSpan(0, valid).Count((byte)'\n')}: this is not UTF-8.");
    }

    private static int ValidPrefix(ReadOnlySpan<byte> content)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(content[valid..], out _, out int length) == OperationStatus.Done)
            valid += length;
        return valid;
    }

    /// <returns>Its bytes, without a byte order mark.</returns>
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
        // Not by the file's length: a pipe has none, and the length of an endless device is 0.
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
