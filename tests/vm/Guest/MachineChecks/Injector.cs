using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>
/// The program beside QEMU that raises machine checks in this guest, at the other end of the second serial port. Its requests and answers are
/// written down in tests/vm/Injector.
/// </summary>
internal static unsafe partial class Injector
{
    private const string PortPath = "/dev/ttyS1";

    // More than struct termios takes on any architecture; TCSANOW.
    private const int TerminalSettingsSize = 256, Now = 0;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<FileStream> s_port = new(Open);

    // An answer that came too late would be taken for the next one's.
    private static string? s_lost;

    /// <summary>Reports poison in a page that nobody touches (SRAO).</summary>
    internal static void RaiseActionOptional(void* page) => _ = Ask($"optional {Physical.AddressOf(page):x}", "raised");

    /// <summary>
    /// From now on, the first copy by a function (destination, source, bytes) that comes to a byte is struck by a machine check, at the load
    /// that reads it (SRAR).
    /// </summary>
    /// <param name="function">Where the function starts.</param>
    /// <param name="address">The byte, as the function addresses it.</param>
    /// <param name="physical">The byte's physical address.</param>
    internal static void ArmActionRequired(nuint function, nuint address, ulong physical) => _ = Ask($"required {function:x} {address:x} {physical:x}", "armed");

    /// <summary>The same for a function (destination, source) that copies a page each time.</summary>
    internal static void ArmPageCopy(nuint function, nuint address, ulong physical) => _ = Ask($"page {function:x} {address:x} {physical:x}", "armed");

    /// <summary>Where that load was, and how far the copy's source pointer had come.</summary>
    internal static (nuint Instruction, nuint Source) AwaitStrike()
    {
        string[] words = Hear("struck");
        return (Number(words[0]), Number(words[1]));
    }

    /// <summary>A word of the kernel's memory.</summary>
    internal static nuint ReadKernel(nuint address) => Number(Ask($"read {address:x}", "value")[0]);

    private static string[] Ask(string request, string expected)
    {
        if (s_lost is not null)
            Require.Fail(s_lost);
        s_port.Value.Write(Encoding.ASCII.GetBytes(request + "\n"));
        return Hear(expected);
    }

    private static string[] Hear(string expected)
    {
        Task<string> line = Task.Run(ReadLine);
        if (!line.Wait(s_patience))
            Require.Fail(s_lost = $"the injector did not say '{expected}' within {s_patience.TotalSeconds} s");
        string[] words = line.Result.Split(' ');
        if (words[0] != expected)
            Require.Fail($"the injector said '{line.Result}' instead of '{expected}'");
        return words[1..];
    }

    private static string ReadLine()
    {
        var line = new StringBuilder();
        for (int next = s_port.Value.ReadByte(); next != '\n'; next = s_port.Value.ReadByte())
            line.Append((char)next);
        return line.ToString();
    }

    private static nuint Number(string text) => nuint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>As it is: a terminal would echo what it hears.</summary>
    private static FileStream Open()
    {
        var port = new FileStream(PortPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        byte* settings = stackalloc byte[TerminalSettingsSize];
        int descriptor = (int)port.SafeFileHandle.DangerousGetHandle();
        if (GetTerminalSettings(descriptor, settings) != 0)
            throw new IOException($"{PortPath}: {Marshal.GetLastPInvokeErrorMessage()}");
        MakeRaw(settings);
        if (SetTerminalSettings(descriptor, Now, settings) != 0)
            throw new IOException($"{PortPath}: {Marshal.GetLastPInvokeErrorMessage()}");
        return port;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetTerminalSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetTerminalSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);
}
