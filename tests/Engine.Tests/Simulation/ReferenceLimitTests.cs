using CopyMc.Simulation;

namespace CopyMc.Engine.Tests.Simulation;

/// <summary>A page has at most 65,535 references. A call that needs more is refused, and changes nothing.</summary>
public sealed class ReferenceLimitTests : IDisposable
{
    private const int Most = ushort.MaxValue;

    private readonly TestMachine _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Pins()
    {
        ulong start = _test.MapFilled();
        // The mapping has a reference too.
        PinUntil(start, Most - 1);
        ExpectRefusal(() => _test.Process.TryPin(start, out _));
        _test.Process.Pins[^1].Dispose();
        Assert.Equal(AccessResult.Done, _test.Process.TryPin(start, out _));
        _test.ExpectSound();
    }

    [Fact]
    public void Forks()
    {
        ulong start = _test.MapFilled();
        PinUntil(start + (TestMachine.Pages - 1) * TestMachine.Page, Most - 1);
        AddressSpace? child = null;
        ExpectRefusal(() => _test.Process.Fork(out child));
        Assert.Null(child);
        Assert.Single(_test.Machine.Processes);
        Assert.Equal(TestMachine.Pages, _test.Process.AnonymousPages);
        TestMachine.ExpectContent(_test.Process, start);
        _test.ExpectSound();
    }

    [Fact]
    public void Splits_of_a_huge_mapping()
    {
        ulong start = _test.MapFilled();
        Assert.Equal(Errno.None, _test.Process.Madvise(start, TestMachine.HugePage, Advice.Collapse).Error);
        PinUntil(start, Most - TestMachine.Pages);
        ExpectRefusal(() => _test.Process.Mprotect(start, TestMachine.Page, Protection.Read));
        Assert.True(_test.Process.IsHuge(start));
        TestMachine.ExpectContent(_test.Process, start);
        _test.ExpectSound();
        _test.Process.Pins[^1].Dispose();
        _test.Process.SplitHugeMapping(start);
        _test.ExpectSound();
    }

    private void PinUntil(ulong address, int pins)
    {
        for (int i = 0; i < pins; i++)
            Assert.Equal(AccessResult.Done, _test.Process.TryPin(address, out _));
    }

    private static void ExpectRefusal(Action call) => Assert.Contains("65535", Assert.Throws<InvalidOperationException>(call).Message);
}
