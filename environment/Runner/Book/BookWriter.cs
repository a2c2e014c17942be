namespace Diffusion.Runner.Book;

public static class BookWriter
{
    public static void Write(
        System.Collections.Generic.IReadOnlyList<Notebooks.ExecutedNotebook> n,
        string r,
        string o
    ) { }
}

public static class IpynbWriter
{
    public static void Write(Notebooks.ExecutedNotebook n, string p) { }
}
