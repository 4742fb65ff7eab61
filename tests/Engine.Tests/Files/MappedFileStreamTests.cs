using CopyMc.Engine.Tests.Children;
using CopyMc.Engine.Tests.Copying;

namespace CopyMc.Engine.Tests.Files;

/// <summary>After a mapped file is truncated, a read of the lost range throws with its offset, and the rest can be read.</summary>
public sealed class MappedFileStreamTests : IDisposable
{
    private const int Pages = 8;
    private const int Length = Pages * NativeRegion.PageSize - 100;

    private readonly string _path = Path.GetTempFileName();
    private readonly byte[] _content = new byte[Length];

    public MappedFileStreamTests()
    {
        Assert.SkipUnless(FaultRecovery.IsSupported, FaultRecovery.UnsupportedReason ?? "");
        Pattern.Fill(_content, seed: 7);
        File.WriteAllBytes(_path, _content);
    }

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_whole_file_reads_like_any_stream()
    {
        using var stream = new MappedFileStream(_path);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(_content, copy.ToArray());
        Assert.Equal(0, stream.Read(new byte[10]));
    }

    [Fact]
    public void A_truncated_file_is_read_up_to_the_loss_and_again_when_restored()
    {
        using var stream = new MappedFileStream(_path);
        const int Kept = 3 * NativeRegion.PageSize;
        Truncate(Kept);
        byte[] buffer = new byte[Length];
        Assert.Equal(Kept, stream.Read(buffer));
        Assert.Equal(_content.AsSpan(0, Kept), buffer.AsSpan(0, Kept));
        LostRangeException lost = Assert.Throws<LostRangeException>(() => stream.Read(buffer));
        Assert.Equal((Kept, NativeRegion.PageSize, CopyFaultKind.BusError), (lost.Offset, lost.Length, lost.Kind));

        File.WriteAllBytes(_path, _content);
        Assert.Equal(Length - Kept, stream.Read(buffer));
        Assert.Equal(_content.AsSpan(Kept), buffer.AsSpan(0, Length - Kept));
    }

    [Fact]
    public void The_zeros_after_an_end_inside_a_page_are_not_data()
    {
        using var stream = new MappedFileStream(_path);
        const int Kept = 3 * NativeRegion.PageSize + 1000;
        Truncate(Kept);
        byte[] buffer = new byte[Length];
        Assert.Equal(Kept, stream.Read(buffer));
        Assert.Equal(_content.AsSpan(0, Kept), buffer.AsSpan(0, Kept));
        LostRangeException lost = Assert.Throws<LostRangeException>(() => stream.Read(buffer));
        Assert.Equal((Kept, CopyFaultKind.BusError), (lost.Offset, lost.Kind));
        // Also if the read ends inside the page, so that there is no fault.
        Assert.Equal(100, stream.ReadAt(Kept - 100, buffer.AsSpan(0, 200)));
        Assert.Throws<LostRangeException>(() => stream.ReadAt(Kept, buffer.AsSpan(0, 50)));
    }

    [Fact]
    public void Disposing_while_other_threads_read_and_write_ends_their_next_access() =>
        Assert.Equal(new ChildResult(0, "", ""), ChildProcess.Run(nameof(DisposedMapping)));

    [Fact]
    public void An_invalid_position_throws()
    {
        File.WriteAllBytes(_path, new byte[100]);
        using var stream = new MappedFileStream(_path);
        stream.Position = 10;
        Assert.Throws<ArgumentOutOfRangeException>("offset", () => stream.Seek(long.MaxValue, SeekOrigin.Current));
        Assert.Throws<IOException>(() => stream.Seek(-11, SeekOrigin.Current));
        Assert.Equal(10, stream.Position);
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Length);
    }

    [Fact]
    public void An_empty_file_is_an_empty_stream()
    {
        Truncate(0);
        using var stream = new MappedFileStream(_path);
        Assert.Equal(0, stream.Length);
        Assert.Equal(0, stream.Read(new byte[10]));
    }

    [Fact]
    public void A_missing_file_cannot_be_opened() =>
        Assert.Throws<FileNotFoundException>(() => new MappedFileStream(_path + ".none"));

    private void Truncate(long length)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(length);
    }
}
