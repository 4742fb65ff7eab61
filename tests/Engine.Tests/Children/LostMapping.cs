using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Children;

/// <summary>
/// The cases of three issues of dotnet/runtime (24767, 90608 and 79832), with the plain code of the issues and with
/// <see cref="MappedFileStream"/>.
/// </summary>
internal static unsafe class LostMapping
{
    internal const string Plain = "plain", Safe = "safe";

    internal const string ReadByte = "ReadByte at a bad place (24767)";
    internal const string ReadDoubles = "doubles by pointer from a file that went away (90608)";
    internal const string ReadBlock = "a block by pointer from a file that went away (90608)";
    internal const string WriteBlock = "a block to a file that went away (90608)";
    internal const string WriteArray = "WriteArray where space runs out (79832)";

    private const int ChunkSize = 1 << 20;

    /// <summary>Runs in the child. Prints the lost range, or is killed.</summary>
    /// <param name="name">The issue.</param>
    /// <param name="code">Plain or safe.</param>
    /// <param name="path">A file; for <see cref="WriteArray"/> one on a full file system.</param>
    /// <param name="lost">The first lost byte of the file.</param>
    internal static int Run(string name, string code, string path, long lost)
    {
        try
        {
            if (code == Plain)
                RunPlain(name, path, lost);
            else
                RunSafe(name, path, lost);
            Console.WriteLine("nothing was lost");
            return 1;
        }
        catch (LostRangeException loss)
        {
            Console.WriteLine($"{loss.Kind} at {loss.Offset}, {loss.Length} bytes");
            return 0;
        }
        catch (Exception error)
        {
            // According to the issues, this catches no exception.
            Console.WriteLine($"caught {error.GetType().Name}");
            return 2;
        }
    }

    private static void RunPlain(string name, string path, long lost)
    {
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        using MemoryMappedViewAccessor accessor = file.CreateViewAccessor();
        byte* pointer = null;
        accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        if (name != WriteArray)
            Truncate(path, lost);
        switch (name)
        {
            case ReadByte:
                Console.WriteLine(accessor.ReadByte(lost));
                break;
            case ReadDoubles:
                double sum = 0;
                for (double* value = (double*)pointer; value < (double*)(pointer + accessor.Capacity); value += 2)
                    sum += *value;
                Console.WriteLine(sum);
                break;
            case ReadBlock:
                new ReadOnlySpan<byte>(pointer, (int)accessor.Capacity).CopyTo(new byte[accessor.Capacity]);
                break;
            case WriteBlock:
                new byte[accessor.Capacity].CopyTo(new Span<byte>(pointer, (int)accessor.Capacity));
                break;
            case WriteArray:
                byte[] chunk = new byte[ChunkSize];
                for (long position = 0; position < accessor.Capacity; position += ChunkSize)
                    accessor.WriteArray(position, chunk, 0, ChunkSize);
                break;
        }
    }

    private static void RunSafe(string name, string path, long lost)
    {
        using var stream = new MappedFileStream(path, writable: true);
        if (name != WriteArray)
            Truncate(path, lost);
        switch (name)
        {
            case ReadByte:
                stream.Position = lost;
                Console.WriteLine(stream.ReadByte());
                break;
            case ReadDoubles:
                double[] values = new double[512];
                double sum = 0;
                while (stream.Read(MemoryMarshal.AsBytes(values.AsSpan())) > 0)
                    sum += values[0];
                Console.WriteLine(sum);
                break;
            case ReadBlock:
                stream.ReadExactly(new byte[stream.Length]);
                break;
            case WriteBlock:
                stream.Write(new byte[stream.Length]);
                break;
            case WriteArray:
                byte[] chunk = new byte[ChunkSize];
                while (stream.Position < stream.Length)
                    stream.Write(chunk);
                break;
        }
    }

    /// <summary>Truncates the file, as another process could.</summary>
    private static void Truncate(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }
}
