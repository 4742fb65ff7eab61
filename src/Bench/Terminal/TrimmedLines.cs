using System.Text;

namespace CopyMc.Bench.Terminal;

/// <summary>Removes spaces at line ends, with which tables are filled, and writes the rest.</summary>
internal sealed class TrimmedLines(TextWriter inner) : TextWriter
{
    private int _spaces;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            _spaces++;
            return;
        }
        if (value is not '\n' and not '\r')
        {
            for (int i = 0; i < _spaces; i++)
                inner.Write(' ');
        }
        _spaces = 0;
        inner.Write(value);
    }

    public override void Flush() => inner.Flush();
}
