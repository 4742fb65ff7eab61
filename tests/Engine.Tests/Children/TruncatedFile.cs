using System.IO.MemoryMappedFiles;

namespace CopyMc.Engine.Tests.Children;

/// <summary>A mapping of a truncated file, made without CopyMc, which a control process must not load.</summary>
internal sealed unsafe class TruncatedFile : IDisposable
{
    private readonly MemoryMappedFile _mapped;
    private readonly MemoryMappedViewAccessor _view;

    internal TruncatedFile(long length, long kept)
    {
        string path = Path.GetTempFileName();
        using var file = new FileStream(path, FileMode.Open);
        // Delete it now, because the child may die.
        File.Delete(path);
        _mapped = MemoryMappedFile.CreateFromFile(file, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _mapped.CreateViewAccessor(0, length);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer;
        file.SetLength(kept);
    }

    internal byte* Pointer { get; }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapped.Dispose();
    }
}
