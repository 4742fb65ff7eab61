namespace CopyMc.Bench.Gc;

/// <summary>A thread that allocates and collects: for each MiB of short-lived arrays one collection of generation 0.</summary>
internal sealed class AllocatingThread : IDisposable
{
    internal const int BytesPerCollection = 1 << 20;

    private const int ArrayBytes = 1024;

    private readonly Thread _thread;
    private byte[]? _last;
    private bool _stop;

    internal AllocatingThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "allocating" };
        _thread.Start();
    }

    public void Dispose()
    {
        Volatile.Write(ref _stop, true);
        _thread.Join();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stop))
        {
            for (int i = 0; i < BytesPerCollection / ArrayBytes; i++)
                Volatile.Write(ref _last, new byte[ArrayBytes]);
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            // Back-to-back collections would leave no time to other threads.
            Thread.Sleep(1);
        }
    }
}
