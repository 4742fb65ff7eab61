using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CopyMc.Injector;

/// <summary>
/// A client of QEMU's debugger stub (GDB's manual, appendix "Remote Serial Protocol"). The guest is stopped while it is connected, except in
/// <see cref="Continue"/> and <see cref="Step"/>.
/// </summary>
internal sealed class Debugger : IDisposable
{
    private const byte Interrupt = 3;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly NetworkStream _stream;
    private bool _running;

    internal Debugger(string directory) => _stream = QemuSocket.Connect(Path.Combine(directory, "debugger"), s_timeout);

    internal void SetBreakpoint(ulong address) => Expect($"Z0,{address:x},1", "OK");

    internal void ClearBreakpoint(ulong address) => Expect($"z0,{address:x},1", "OK");

    /// <summary>Runs to the next breakpoint; returns the CPU that reached it.</summary>
    internal int Continue() => Resume("vCont;c");

    /// <summary>Runs one instruction, or one iteration of a string instruction, on one CPU; the others are stopped.</summary>
    internal void Step(int cpu) => Resume($"vCont;s:{cpu + 1:x}");

    internal Registers ReadRegisters(int cpu)
    {
        Expect($"Hg{cpu + 1:x}", "OK");
        return new Registers(Convert.FromHexString(Ask("g")));
    }

    internal byte[] ReadMemory(ulong address, int length)
    {
        string reply = Ask($"m{address:x},{length:x}");
        return reply.StartsWith('E') ? throw new InvalidOperationException($"memory at {address:x} cannot be read") : Convert.FromHexString(reply);
    }

    /// <summary>Removes all breakpoints and lets the guest run.</summary>
    public void Dispose()
    {
        if (_running)
        {
            _stream.WriteByte(Interrupt);
            ReadReply();
        }
        Expect("D", "OK");
        _stream.Dispose();
    }

    private int Resume(string command)
    {
        const string Thread = "thread:";
        _running = true;
        string stop = Ask(command);
        _running = false;
        int at = stop.IndexOf(Thread, StringComparison.Ordinal);
        if (!stop.StartsWith("T05", StringComparison.Ordinal) || at < 0)
            throw new InvalidOperationException($"the guest stopped in an unexpected way: {stop}");
        return int.Parse(stop[(at + Thread.Length)..].Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - 1;
    }

    private void Expect(string command, string expected)
    {
        string reply = Ask(command);
        if (reply != expected)
            throw new InvalidOperationException($"the debugger stub answered '{reply}' to '{command}'");
    }

    private string Ask(string command)
    {
        int sum = Encoding.ASCII.GetBytes(command).Sum(value => value) & 0xff;
        _stream.Write(Encoding.ASCII.GetBytes($"${command}#{sum:x2}"));
        return ReadReply();
    }

    /// <summary>Reads the content of a packet: $CONTENT#SUM. Ignores the checksum, because a socket is reliable.</summary>
    private string ReadReply()
    {
        while (_stream.ReadCharacter() != '$')
            continue;
        var reply = new StringBuilder();
        for (char next = _stream.ReadCharacter(); next != '#'; next = _stream.ReadCharacter())
            reply.Append(next);
        _stream.ReadCharacter();
        _stream.ReadCharacter();
        _stream.WriteByte((byte)'+');
        return reply.ToString();
    }
}
