using System.Globalization;

namespace CopyMc.Injector;

/// <summary>
/// Raises machine checks in a guest of QEMU, on requests over its second serial port: CopyMc.Injector DIRECTORY, the directory of QEMU's sockets
/// control, monitor and debugger. Ends when QEMU does. A request is a line of words, with hexadecimal numbers, and so is an answer:
///   optional PHYSICAL                   raised            reports poison in a page before an access
///   required FUNCTION VIRTUAL PHYSICAL  armed             waits for a copy by that function that reads the byte
///                                       struck PC RSI     raised a machine check at the load of the byte
///   page FUNCTION VIRTUAL PHYSICAL                        the same for a function that always copies a page
///   read VIRTUAL                        value WORD        reads eight bytes of the guest's memory
/// or "failed" and the reason.
/// </summary>
internal static class Program
{
    private const ulong PageSize = 4096;

    private static int Main(string[] args)
    {
        if (args is not [string directory])
        {
            Console.Error.WriteLine("CopyMc.Injector: expected one argument, the directory of QEMU's sockets");
            return 2;
        }
        try
        {
            using Stream control = QemuSocket.Connect(Path.Combine(directory, "control"), Timeout.InfiniteTimeSpan);
            Serve(control, directory);
            return 0;
        }
        catch (IOException failure)
        {
            // If QEMU died, the rig reports that too.
            Console.Error.WriteLine($"injector: {failure.Message}");
            return 1;
        }
    }

    private static void Serve(Stream control, string directory)
    {
        using var requests = new StreamReader(control);
        using var answers = new StreamWriter(control) { AutoFlush = true, NewLine = "\n" };
        while (requests.ReadLine() is string request)
        {
            try
            {
                Carry(request, directory, answers);
            }
            catch (Exception failure) when (failure is IOException or InvalidOperationException or FormatException)
            {
                Console.Error.WriteLine($"injector: {request}: {failure.Message}");
                answers.WriteLine($"failed {failure.Message}");
            }
        }
    }

    private static void Carry(string request, string directory, StreamWriter answers)
    {
        switch (request.Split(' '))
        {
            case ["optional", string physical]:
                QemuMonitor.RaiseMachineCheck(directory, cpu: 0, MachineCheck.ActionOptional, Number(physical));
                answers.WriteLine("raised");
                break;
            case ["required" or "page", string function, string address, string physical]:
                using (var debugger = new Debugger(directory))
                {
                    var copy = new CopyInGuest(debugger, Number(function), Number(address), request.StartsWith("page", StringComparison.Ordinal) ? PageSize : null);
                    answers.WriteLine("armed");
                    (int cpu, Registers registers) = copy.RunToLoad();
                    QemuMonitor.RaiseMachineCheck(directory, cpu, MachineCheck.ActionRequired, Number(physical));
                    answers.WriteLine($"struck {registers.Rip:x} {registers.Rsi:x}");
                }
                break;
            case ["read", string address]:
                using (var debugger = new Debugger(directory))
                    answers.WriteLine($"value {BitConverter.ToUInt64(debugger.ReadMemory(Number(address), sizeof(ulong))):x}");
                break;
            default:
                throw new FormatException("no such request");
        }
    }

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
