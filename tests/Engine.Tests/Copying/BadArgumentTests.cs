using System.Runtime.InteropServices;

namespace CopyMc.Engine.Tests.Copying;

/// <summary>Every overload throws for bad arguments before a byte moves.</summary>
public sealed unsafe class BadArgumentTests : IDisposable
{
    // On either side of the lengths at which a copy leaves the short path.
    private static readonly nuint[] s_lengths = [1, 2, 63, 64, 4096, 4097, 32768, 32769, 100_000];

    private readonly NativeRegion _source = new(400_000);
    private readonly CanaryDestination _destination = new(400_000);

    public BadArgumentTests() => Pattern.Fill(_source.Span, seed: 11);

    public void Dispose()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void A_null_pointer_throws(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        foreach (nuint length in s_lengths)
        {
            ExpectRefusal<ArgumentNullException>(kernel, "source", null, _destination.Start, length);
            ExpectRefusal<ArgumentNullException>(kernel, "destination", _source.Pointer, null, length);
            ExpectRefusal<ArgumentNullException>(kernel, "source", null, null, length);
        }
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void A_range_that_wraps_around_the_address_space_throws(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        foreach (nuint length in s_lengths)
        {
            byte* tooHigh = (byte*)(nuint.MaxValue - length + 1);
            ExpectRefusal<ArgumentOutOfRangeException>(kernel, "byteCount", tooHigh, _destination.Start, length + 1);
            ExpectRefusal<ArgumentOutOfRangeException>(kernel, "byteCount", _source.Pointer, tooHigh, length + 1);
        }
        foreach (nuint length in (ReadOnlySpan<nuint>)[nuint.MaxValue, nuint.MaxValue / 2 + 1, nuint.MaxValue - (nuint)_source.Pointer + 1])
        {
            ExpectRefusal<ArgumentException>(kernel, null, _source.Pointer, _destination.Start, length);
            ExpectRefusal<ArgumentException>(kernel, null, _destination.Start, _source.Pointer, length);
        }
    }

    /// <summary>On x86-64 a pointer with a tag (linear address masking) is such an address. Without the check the copy would fault, and kill the process.</summary>
    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void A_range_beyond_user_space_throws(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        int bits = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 55 : 56;
        nuint tag = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (nuint)1 << 55 : (nuint)0x2a << 57;
        foreach (nuint length in s_lengths)
        {
            foreach (nuint address in (ReadOnlySpan<nuint>)[(nuint)1 << bits, ((nuint)1 << bits) - length + 1, (nuint)_source.Pointer | tag])
            {
                ExpectRefusal<ArgumentOutOfRangeException>(kernel, "byteCount", (byte*)address, _destination.Start, length);
                ExpectRefusal<ArgumentOutOfRangeException>(kernel, "byteCount", _source.Pointer, (byte*)address, length);
            }
        }
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void Overlapping_ranges_throw(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        byte* middle = _destination.Start + 150_000;
        foreach (nuint length in s_lengths)
        {
            foreach (nuint apart in (ReadOnlySpan<nuint>)[0, length / 2, length - 1])
            {
                ExpectRefusal<ArgumentException>(kernel, "destination", middle, middle + apart, length);
                ExpectRefusal<ArgumentException>(kernel, "destination", middle, middle - apart, length);
            }
        }
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void Adjacent_ranges_do_not_overlap(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        CopyEngine engine = Engines.Of(kernel);
        foreach (nuint length in s_lengths)
        {
            byte* middle = _source.Pointer + 150_000;
            foreach (byte* destination in (byte*[])[middle + length, middle - length])
            {
                Pattern.Fill(_source.Span, (int)length);
                var copy = new CopyCase(middle, destination, length);
                copy.ExpectStop(engine, length, default);
                Assert.Equal(0u, copy.Run(engine));
                Assert.True(new ReadOnlySpan<byte>(destination, (int)length).SequenceEqual(new ReadOnlySpan<byte>(middle, (int)length)), copy.ToString());
            }
        }
    }

    [Theory]
    [ClassData(typeof(EveryKernelAndGate))]
    public void Zero_bytes_are_copied_between_any_pointers(string kernel, bool poisonElsewhere)
    {
        using var elsewhere = new PoisonElsewhere(poisonElsewhere);
        CopyEngine engine = Engines.Of(kernel);
        byte* highest = (byte*)nuint.MaxValue;
        foreach (byte* source in (byte*[])[null, _source.Pointer, _destination.Start, highest])
        {
            foreach (byte* destination in (byte*[])[null, _destination.Start, highest])
                new CopyCase(source, destination, 0).ExpectStop(engine, 0, default);
        }
        Assert.Equal(0u, engine.Copy(null, null, 0));
        Assert.Equal(0, engine.Copy([], []));
        _source.Poison.Mark(0);
        Assert.Equal(0u, engine.Copy(_source.Pointer, _destination.Start, 0));
        _destination.CheckUntouched();
    }

    [Theory]
    [ClassData(typeof(EveryKernel))]
    public void Spans_that_overlap_or_do_not_fit_throw(string kernel)
    {
        CopyEngine engine = Engines.Of(kernel);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => engine.Copy(_source.Span[..100], Destination(99))).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => engine.Copy(_source.Span[..1], [])).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => engine.Copy(Destination(100), Destination(101)[1..])).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => engine.Copy(_source.Span[..100], Destination(99), out _)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => engine.Salvage(_source.Span[..100], Destination(99))).ParamName);
        _destination.CheckUntouched();
    }

    private Span<byte> Destination(int length) => new(_destination.Start, length);

    private void ExpectRefusal<TException>(string kernel, string? parameter, byte* source, byte* destination, nuint length)
        where TException : ArgumentException
    {
        CopyEngine engine = Engines.Of(kernel);
        var copy = new CopyCase(source, destination, length);
        var refusal = Assert.ThrowsAny<TException>(() => copy.Run(engine));
        var same = Assert.ThrowsAny<TException>(() => copy.Run(engine, out _));
        Assert.Equal(refusal.Message, same.Message);
        if (parameter is not null)
            Assert.Equal(parameter, refusal.ParamName);
        _destination.CheckUntouched();
    }
}
