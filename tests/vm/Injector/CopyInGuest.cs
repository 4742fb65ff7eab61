namespace CopyMc.Injector;

/// <summary>
/// Waits for a copy in the guest by a given function of a process or the kernel (rdi destination, rsi source, rdx bytes or a fixed length).
/// </summary>
internal sealed class CopyInGuest
{
    // More than the iterations of a string copy of a page.
    private const int MostSteps = 5_000;

    private readonly Debugger _debugger;
    private readonly ulong _function;
    private readonly ulong _badByte;
    private readonly ulong? _length;

    internal CopyInGuest(Debugger debugger, ulong function, ulong badByte, ulong? length)
    {
        _debugger = debugger;
        _function = function;
        _badByte = badByte;
        _length = length;
        debugger.SetBreakpoint(function);
    }

    /// <summary>
    /// Runs the guest until such a copy is about to load the bad byte: it stops before that instruction, in a string copy before that iteration,
    /// where the hardware raises a machine check for the load.
    /// </summary>
    internal (int Cpu, Registers Registers) RunToLoad()
    {
        int cpu = RunToCall();
        byte[] instruction = [];
        ulong instructionAt = 0;
        for (int steps = 0; steps < MostSteps; steps++)
        {
            Registers registers = _debugger.ReadRegisters(cpu);
            if (registers.Rip != instructionAt)
                instruction = _debugger.ReadMemory(instructionAt = registers.Rip, PendingLoad.LongestInstruction);
            if (PendingLoad.Reads(instruction, registers.Rsi, _badByte))
                return (cpu, registers);
            _debugger.Step(cpu);
        }
        throw new InvalidOperationException($"the copy did not reach {_badByte:x} in {MostSteps} steps");
    }

    private int RunToCall()
    {
        for (; ; )
        {
            int cpu = _debugger.Continue();
            Registers registers = _debugger.ReadRegisters(cpu);
            _debugger.ClearBreakpoint(_function);
            if (_badByte - registers.Rsi < (_length ?? registers.Rdx))
                return cpu;
            _debugger.Step(cpu);
            _debugger.SetBreakpoint(_function);
        }
    }
}
