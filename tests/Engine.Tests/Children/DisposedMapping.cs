namespace CopyMc.Engine.Tests.Children;

/// <summary>Mapped files that are disposed while other threads read and write them.</summary>
internal static class DisposedMapping
{
    private const int Rounds = 40, ByteCount = 8 << 20;

    /// <returns>0 if every access succeeded or ended with <see cref="ObjectDisposedException"/>.</returns>
    internal static int Run()
    {
        string path = Path.Combine(Path.GetTempPath(), $"copymc-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(path, new byte[ByteCount]);
            for (int round = 0; round < Rounds; round++)
            {
                var stream = new MappedFileStream(path, writable: true);
                using var under = new CountdownEvent(2);
                Task[] users = [Task.Run(() => Use(stream, under, write: false)), Task.Run(() => Use(stream, under, write: true))];
                under.Wait();
                Thread.Sleep(round % 4);
                stream.Dispose();
                Task.WaitAll(users);
            }
            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Repeats an access until the stream is disposed.</summary>
    private static void Use(MappedFileStream stream, CountdownEvent under, bool write)
    {
        byte[] buffer = new byte[ByteCount];
        under.Signal();
        try
        {
            while (true)
            {
                if (write)
                    stream.WriteAt(0, buffer);
                else
                    Assert.Equal(ByteCount, stream.ReadAt(0, buffer));
            }
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
