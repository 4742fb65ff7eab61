using System.Runtime.InteropServices;

namespace CopyMc.Bench.MainJob;

/// <summary>The file that the main job copies.</summary>
internal static class InputFile
{
    /// <summary>Real bytes that every machine has: the largest native library of the running .NET runtime.</summary>
    internal static string Default => new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).EnumerateFiles("*.*")
        .Where(file => file.Extension is ".so" or ".dll")
        .OrderByDescending(file => file.Extension == ".so").ThenByDescending(file => file.Length)
        .First().FullName;

    /// <exception cref="IOException">The file does not exist, is empty, or is not a regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal static FileStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a directory.");
        var file = new FileInfo(path);
        // Checked before the file is opened, because opening a pipe waits for a writer.
        if (file.Exists && file.Length == 0)
            throw new IOException($"'{path}' is empty or not a regular file: there is nothing to copy.");
        return file.OpenRead();
    }

    /// <exception cref="IOException">The file became shorter, or cannot be read.</exception>
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
