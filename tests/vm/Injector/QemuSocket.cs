using System.Net.Sockets;

namespace CopyMc.Injector;

/// <summary>A Unix socket that QEMU listens on.</summary>
internal static class QemuSocket
{
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(60);

    /// <summary>Connects, as soon as QEMU has started. A read fails with <see cref="IOException"/> after the time given.</summary>
    internal static NetworkStream Connect(string path, TimeSpan readTimeout)
    {
        DateTime giveUp = DateTime.UtcNow + s_start;
        for (; ; Thread.Sleep(20))
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new NetworkStream(socket, ownsSocket: true) { ReadTimeout = (int)readTimeout.TotalMilliseconds };
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                if (DateTime.UtcNow > giveUp)
                    throw new IOException($"QEMU does not listen at {path}: {failure.Message}", failure);
            }
        }
    }

    /// <summary>The next byte, as a character.</summary>
    internal static char ReadCharacter(this NetworkStream stream)
    {
        int next = stream.ReadByte();
        return next >= 0 ? (char)next : throw new EndOfStreamException("QEMU closed the connection");
    }
}
