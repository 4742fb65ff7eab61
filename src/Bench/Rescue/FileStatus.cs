using System.Globalization;
using System.Runtime.InteropServices;

namespace CopyMc.Bench.Rescue;

/// <summary><c>struct statx</c>, statx(2); alike on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const int TypeMask = 0xF000, Directory = 0x4000, BlockDevice = 0x6000, Regular = 0x8000;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _inode;

    [FieldOffset(48)]
    private readonly ulong _blocks;

    [FieldOffset(80)]
    private readonly long _bornSeconds;

    [FieldOffset(88)]
    private readonly uint _bornNanoseconds;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(128)]
    private readonly DeviceNumber _deviceItself;

    [FieldOffset(136)]
    private readonly DeviceNumber _deviceItIsOn;

    internal bool IsDirectory => (_mode & TypeMask) == Directory;

    internal bool IsBlockDevice => (_mode & TypeMask) == BlockDevice;

    internal bool IsRegular => (_mode & TypeMask) == Regular;

    /// <summary>Bytes that the file system has allocated for it.</summary>
    internal long AllocatedBytes => (long)_blocks * 512;

    /// <summary>When its content last changed.</summary>
    internal (long Seconds, uint Nanoseconds) Modified => (_modifiedSeconds, _modifiedNanoseconds);

    /// <summary>
    /// Distinguishes it from every other file or device, whatever their names. A file system may reuse the number of a deleted file at
    /// once: the time of birth differs then (0 where the file system does not know it).
    /// </summary>
    internal string Identity => IsBlockDevice
        ? $"block device {_deviceItself}"
        : string.Create(CultureInfo.InvariantCulture, $"inode {_inode} on {_deviceItIsOn}, born {_bornSeconds}.{_bornNanoseconds:D9}");

    /// <summary>Whether both are the same file or device, whatever their names.</summary>
    internal bool IsSameFile(in FileStatus other) =>
        IsBlockDevice && other.IsBlockDevice ? _deviceItself == other._deviceItself
        : _inode == other._inode && _deviceItIsOn == other._deviceItIsOn;

    private readonly record struct DeviceNumber(uint Major, uint Minor)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}:{Minor}");
    }
}
