using CopyMc.Contract;

namespace CopyMc.Guest.MachineChecks;

/// <summary>The hardware finds poison before an access, and the kernel reports it early.</summary>
public sealed unsafe class ActionOptional : IDisposable
{
    private const int Pages = 8, BadPage = 3;

    private readonly NativeRegion _source = new(Pages * NativeRegion.PageSize);
    private readonly NativeRegion _destination = new(Pages * NativeRegion.PageSize);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    public void A_report_is_marked_before_an_access_to_the_page()
    {
        FaultRecovery.RequestEarlyReports();
        Pattern.Fill(_source.Span, seed: 11);
        byte[] expected = _source.Span.ToArray();
        long corrupted = RealPoison.HardwareCorrupted;

        Injector.RaiseActionOptional(_source.Pointer + BadPage * NativeRegion.PageSize);

        EarlyReport.Await(_source.Poison);
        Require.Equal(corrupted + NativeRegion.PageSize / 1024, RealPoison.HardwareCorrupted);
        Require.Equal((nuint)BadPage * NativeRegion.PageSize, _source.Poison.FirstPoisoned(0, _source.Length));
        // Without a signal: the copy does not access the page.
        nuint remaining = CopyEngine.Shared.Copy(_source.Pointer, _destination.Pointer, _source.Length, out CopyFault fault);
        Require.Equal((nuint)(Pages - BadPage) * NativeRegion.PageSize, remaining);
        Require.Equal(
            new CopyFault(CopyFaultKind.KnownPoison, CopySide.Source, (nuint)_source.Pointer + BadPage * NativeRegion.PageSize, PoisonMap.LineSize), fault);
        Require.True(_destination.Span[..(BadPage * NativeRegion.PageSize)].SequenceEqual(expected.AsSpan(0, BadPage * NativeRegion.PageSize)));
    }
}
