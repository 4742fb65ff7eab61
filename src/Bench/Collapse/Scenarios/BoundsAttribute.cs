using System.Globalization;

namespace CopyMc.Bench.Collapse.Scenarios;

/// <summary>The numbers that a member of a scenario may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BoundsAttribute(long least, long most = long.MaxValue) : Attribute
{
    internal bool Include(object number)
    {
        long value = Convert.ToInt64(number, CultureInfo.InvariantCulture);
        return value >= least && value <= most;
    }

    public override string ToString() => most == long.MaxValue ? $"a number from {least} on" : $"a number from {least} to {most}";
}
