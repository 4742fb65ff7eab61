namespace CopyMc;

/// <summary>
/// Maps, sorted by address: an immutable treap whose nodes also have the highest end below them. Adding and removing a map makes new nodes on one
/// path, whose length grows with the logarithm of the number of maps.
/// </summary>
internal sealed class ManagedMapTree
{
    private readonly ManagedPoisonMarks _map;
    private readonly uint _priority;
    private readonly ManagedMapTree? _left;
    private readonly ManagedMapTree? _right;
    private readonly nuint _reach;

    private ManagedMapTree(ManagedPoisonMarks map, uint priority, ManagedMapTree? left, ManagedMapTree? right)
    {
        (_map, _priority, _left, _right) = (map, priority, left, right);
        _reach = nuint.Max(map.LineEnd, nuint.Max(left?._reach ?? 0, right?._reach ?? 0));
    }

    internal static ManagedMapTree With(ManagedMapTree? tree, ManagedPoisonMarks map) => With(tree, map, (uint)Random.Shared.Next());

    /// <summary>The tree without a map that is in it.</summary>
    internal static ManagedMapTree? Without(ManagedMapTree? tree, ManagedPoisonMarks map) =>
        tree is null ? null
        : ReferenceEquals(tree._map, map) ? Join(tree._left, tree._right)
        : map.IsBefore(tree._map) ? tree.With(Without(tree._left, map), tree._right)
        : tree.With(tree._left, Without(tree._right, map));

    /// <summary>
    /// Calls <paramref name="visit"/> for every map with a line in a range, not in order. What it returns is the end of the range from then on.
    /// Returns the last end.
    /// </summary>
    internal static nuint Visit(ManagedMapTree? tree, nuint address, nuint end, Func<ManagedPoisonMarks, nuint, nuint> visit)
    {
        if (tree is null || tree._reach <= address)
            return end;
        end = Visit(tree._left, address, end, visit);
        if (tree._map.LineStart >= end)
            return end;
        if (tree._map.LineEnd > address)
            end = visit(tree._map, end);
        return Visit(tree._right, address, end, visit);
    }

    private static ManagedMapTree With(ManagedMapTree? tree, ManagedPoisonMarks map, uint priority)
    {
        if (tree is null || priority > tree._priority)
        {
            (ManagedMapTree? before, ManagedMapTree? after) = Split(tree, map);
            return new ManagedMapTree(map, priority, before, after);
        }
        return map.IsBefore(tree._map)
            ? tree.With(With(tree._left, map, priority), tree._right)
            : tree.With(tree._left, With(tree._right, map, priority));
    }

    private static (ManagedMapTree? Before, ManagedMapTree? After) Split(ManagedMapTree? tree, ManagedPoisonMarks map)
    {
        if (tree is null)
            return (null, null);
        if (map.IsBefore(tree._map))
        {
            (ManagedMapTree? before, ManagedMapTree? middle) = Split(tree._left, map);
            return (before, tree.With(middle, tree._right));
        }
        else
        {
            (ManagedMapTree? middle, ManagedMapTree? after) = Split(tree._right, map);
            return (tree.With(tree._left, middle), after);
        }
    }

    private static ManagedMapTree? Join(ManagedMapTree? left, ManagedMapTree? right) =>
        left is null ? right
        : right is null ? left
        : left._priority > right._priority ? left.With(left._left, Join(left._right, right))
        : right.With(Join(left, right._left), right._right);

    private ManagedMapTree With(ManagedMapTree? left, ManagedMapTree? right) => new(_map, _priority, left, right);
}
