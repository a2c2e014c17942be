using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Diffusion.Faults;

/// <summary>What must end and does not by itself: compilers, cells' children, threads.</summary>
internal static class Leftovers
{
    // Each arrow doubles what the compiler has to try.
    private static readonly string Endless =
        "class Two { public static T M<T>(Func<int, T> f) => default; public static T M<T>(Func<string, T> f) => default; }\n"
        + $"var x = {Times("Two.M(a => ", 40)}1{Times(")", 40)};";

    private static readonly (string What, string Code)[] Nested =
    [
        ("`List<` 20,000 times", Times("List<", 20_000) + "int"),
        ("100,000 brackets", $"var a = {Times("(", 100_000)}1{Times(")", 100_000)};"),
        ("20,000 brackets that are not closed", Times("[", 20_000)),
        ("an array of 20,000 arrays", $"int{Times("[]", 20_000)} a = null;"),
        ("20,000 `await`", Times("await ", 20_000) + "1;"),
        ("20,000 `switch`", $"var a = 1{Times(" switch { _ => 1 }", 20_000)};"),
    ];

    // A child; one in a session of its own; two whose parents end before them.
    private const string FourChildren = """
        void Sh(string line) => System.Diagnostics.Process.Start("sh", new[] { "-c", line });
        Sh("echo $$ >>left; exec sleep 300");
        Sh("setsid sh -c 'echo $$ >>left; exec sleep 300'");
        Sh("(sh -c 'echo $$ >>left; exec sleep 300' &)");
        Sh("(setsid nohup sh -c 'echo $$ >>left; exec sleep 300' >/dev/null 2>&1 &)");
        while (!System.IO.File.Exists("left") || System.IO.File.ReadAllLines("left").Length < 4) System.Threading.Thread.Sleep(20);
        """;

    private static readonly string[] Signals = ["INT", "TERM", "HUP"];

    private static readonly string[] Ends =
    [
        "1",
        "throw new Exception();",
        "Environment.FailFast(\"\");",
        "Environment.Exit(0);",
        "while (true) { }",
    ];

    public static IEnumerable<Fault> All =>
        [
            new(
                "A signal while `check` compiles what never ends (SIGINT, SIGTERM, SIGHUP)",
                "it ends within 2 s with the signal's exit code; no process stays",
                12,
                i => Check(Signals[i % 3])
            ),
            .. from nested in Nested
            select new Fault(
                $"C# with {nested.What}",
                "`check` and `run` name file and cell; the next notebook goes on",
                1,
                _ => RequireNamed(nested.Code)
            ),
            new(
                "A `#load` of a pipe and of a device",
                "refused in a sentence",
                4,
                i => Load(pipe: i % 2 == 0, command: i < 2 ? "check" : "run")
            ),
            new(
                "Cells leave children behind (orphans, other sessions), and end in every way",
                "none stays",
                20,
                i => Orphans(Ends[i % Ends.Length])
            ),
            new(
                "Cells leave children behind, and the runner gets a signal (SIGKILL too)",
                "none stays",
                12,
                i => OrphansOfAKilledRunner(new[] { "INT", "TERM", "HUP", "KILL" }[i % 4])
            ),
            new(
                "A thread, or a handler of the process's end, that never ends",
                "the notebook has passed, and nobody waits for it",
                2,
                i => Waits(i)
            ),
        ];

    private static void Check(string signal)
    {
        using var clone = new SmallClone();
        clone.Write("notebooks/endless.dib", $"#!csharp\n\n{Endless}\n");
        using var check = clone.Start("check", "notebooks/00-first.dib", "notebooks/endless.dib");
        check.Says("compiles");
        var clock = Stopwatch.StartNew();
        var code = check.Send(signal, TimeSpan.FromSeconds(1));
        var took = clock.Elapsed - TimeSpan.FromSeconds(1);
        Fault.Require(
            code == Array.IndexOf(["HUP", "INT"], signal) + 129 || (code, signal) == (143, "TERM"),
            $"Code {code} after SIG{signal}:\n{check.Output}"
        );
        Fault.Require(took < TimeSpan.FromSeconds(2), $"It took {took.TotalSeconds:f1} s.");
        clone.RequireNoProcess();
    }

    private static void RequireNamed(string code)
    {
        using var clone = new SmallClone();
        clone.Write("notebooks/nested.dib", $"#!csharp\n\n1\n\n#!csharp\n\n{code}\n");
        foreach (var command in new[] { "check", "run" })
        {
            var ended = clone.Run([command, "notebooks/nested.dib", "notebooks/00-first.dib"]);
            SmallClone.RequireSentence(ended, 1);
            Fault.Require(
                ended.Output.Contains("notebooks/nested.dib, cell 2, line 7:"),
                $"{command} named nobody:\n{ended.Output}"
            );
            Fault.Require(
                ended.Output.Contains("compiles") || ended.Output.Contains("passed"),
                $"{command} stopped:\n{ended.Output}"
            );
        }
    }

    private static void Load(bool pipe, string command)
    {
        using var clone = new SmallClone();
        var file = pipe ? clone["notebooks/pipe.csx"] : "/dev/zero";
        if (pipe)
            using (var made = Process.Start("mkfifo", [file]))
                made.WaitForExit();
        clone.Write("notebooks/loads.dib", $"#!csharp\n\n#load \"{file}\"\n");
        var ended = clone.Run([command, "notebooks/loads.dib"]);
        SmallClone.RequireSentence(ended, 1);
        Fault.Require(ended.Output.Contains("is a pipe or a device"), ended.Output);
    }

    private static void Orphans(string end)
    {
        using var clone = new SmallClone();
        clone.Write("notebooks/leaves.dib", $"#!csharp\n\n{FourChildren}\n\n#!csharp\n\n{end}\n");
        var ended = clone.Run(["run", "notebooks/leaves.dib", "--timeout", "30"]);
        Fault.Require(ended.Code == (end == "1" ? 0 : 1), ended.Output);
        RequireNoneLeft(clone);
    }

    private static void OrphansOfAKilledRunner(string signal)
    {
        using var clone = new SmallClone();
        clone.Write(
            "notebooks/leaves.dib",
            $"#!csharp\n\n{FourChildren}\n\n#!csharp\n\nwhile (true) {{ }}\n"
        );
        using var run = clone.Start("run", "notebooks/leaves.dib");
        run.Says("cell   1 of");
        run.Send(signal, TimeSpan.Zero);
        clone.RequireNoProcess();
        RequireNoneLeft(clone);
    }

    private static void RequireNoneLeft(SmallClone clone)
    {
        var left = File.ReadAllLines(clone["notebooks/left"]);
        Fault.Require(left.Length == 4, $"{left.Length} children began.");
        var clock = Stopwatch.StartNew();
        // A zombie has ended.
        while (left.Any(p => Directory.Exists($"/proc/{p}") && !Status(p).Contains(") Z ")))
            Fault.Require(clock.Elapsed < TimeSpan.FromSeconds(10), "A child stays.");
    }

    private static string Status(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat");
        }
        catch (IOException)
        {
            return ") Z "; // it has ended meanwhile
        }
    }

    private static void Waits(int attempt)
    {
        using var clone = new SmallClone();
        var code =
            attempt == 0
                ? "new System.Threading.Thread(() => System.Threading.Thread.Sleep(-1)).Start();"
                : "AppDomain.CurrentDomain.ProcessExit += (_, _) => System.Threading.Thread.Sleep(-1);";
        clone.Write("notebooks/waits.dib", $"#!csharp\n\n{code}\n");
        var clock = Stopwatch.StartNew();
        var ended = clone.Run(["run", "notebooks/waits.dib"]);
        Fault.Require(ended.Code == 0 && ended.Output.Contains("passed"), ended.Output);
        Fault.Require(clock.Elapsed < TimeSpan.FromSeconds(120), "It waited.");
        clone.RequireNoProcess();
    }

    private static string Times(string text, int count) =>
        string.Concat(Enumerable.Repeat(text, count));
}
