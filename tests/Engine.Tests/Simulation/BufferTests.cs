using CopyMc.Collapse;
using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>A buffer of the caller that is lost or poisoned is the caller's mistake: no frame of the machine is poisoned for it.</summary>
public sealed class BufferTests : IDisposable
{
    private const int Page = NativeRegion.PageSize;

    private readonly TestMachine _test = new();
    private readonly NativeRegion _buffer = new(Page);

    public void Dispose()
    {
        _test.ExpectSound();
        _test.Dispose();
        _buffer.Dispose();
    }

    [Fact]
    public void Stores_from_a_marked_buffer_throw()
    {
        ulong address = _test.Process.Mmap(Page).Value;
        SimulatedFile file = _test.Machine.NewFile(Page, isShmem: true);
        _buffer.Poison.Mark(64);
        Assert.Equal("bytes", Assert.Throws<ArgumentException>(() => _test.Process.Write(address, _buffer.Span)).ParamName);
        Assert.Equal("bytes", Assert.Throws<ArgumentException>(() => file.Write(Page, _buffer.Span)).ParamName);
        Assert.Equal((ulong)Page, file.Length);
        ExpectNoPoison();
        Assert.True(_test.Process.Write(address, _buffer.Span[..64]).IsDone);
    }

    [Fact]
    public void Loads_into_a_lost_buffer_throw()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        ulong address = _test.Process.Mmap(Page).Value;
        SimulatedFile file = _test.Machine.NewFile(Page, isShmem: false);
        byte[] one = [1];
        Assert.True(_test.Process.Write(address, one).IsDone);
        PoisonInjector.Inject(_buffer, 0, PoisonSource.TruncatedMapping);
        Assert.Equal("bytes", Assert.Throws<ArgumentException>(() => _test.Process.Read(address, _buffer.Span)).ParamName);
        Assert.Equal("bytes", Assert.Throws<ArgumentException>(() => file.Read(0, _buffer.Span)).ParamName);
        ExpectNoPoison();
        Assert.True(_test.Process.Read(address, one).IsDone);
    }

    [Fact]
    public void A_machine_that_is_gone_or_missing_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new Khugepaged(null!));
        var machine = new SimulatedMachine(SimulatedMachine.LeastMemory);
        AddressSpace process = machine.NewProcess();
        var khugepaged = new Khugepaged(machine);
        machine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => khugepaged.ScanBatch());
        Assert.Throws<ObjectDisposedException>(() => MadviseCollapse.Run(process, 0, NativeRegion.HugePageSize));
    }

    private void ExpectNoPoison() => Assert.Equal(0, _test.Machine.MemoryFailure.PendingCount);
}
