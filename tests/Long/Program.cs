using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Diffusion.Long;
using Spectre.Console;

// All that only time can show: dotnet run --project tests/Long
const int Unusable = 2;
const int Cancelled = 130;
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 200;
string folder;
try
{
    folder = Path.Combine(Programs.Repository, "work", "long", Sources.Name());
}
catch (LongException e)
{
    AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
    return Unusable;
}
var kept = new Kept(folder);
var parts = new Suite(folder).Parts;

var names = new Argument<string[]>("parts")
{
    Description = "Only these; all where none is named.",
    Arity = ArgumentArity.ZeroOrMore,
};
names.AcceptOnlyFromAmong([.. parts.Select(p => p.Name)]);
var fresh = new Option<bool>("--fresh")
{
    Description = "Also what has passed with these sources before.",
};
var minutes = new Option<double>("--minutes")
{
    HelpName = "number",
    Description =
        "Stop after so long; the same command goes on from there. Without it: until done.",
    DefaultValueFactory = _ => double.PositiveInfinity,
};
var root = new RootCommand(
    """
    The long suite: what only time can show. What has passed is kept in work/long for as long as the sources
    are the same, so that the same command goes on after an interruption.

    Exit codes: 0 nothing failed; 1 something did; 2 the command could not begin; 130 Ctrl-C.
    """
)
{
    names,
    fresh,
    minutes,
};
root.SetAction(
    (parsed, cancel) =>
        GuardedAsync(() =>
        {
            var wanted = parsed.GetValue(names)!;
            var chosen = parts.Where(p => wanted.Length == 0 || wanted.Contains(p.Name)).ToArray();
            if (parsed.GetValue(fresh))
                foreach (var part in chosen)
                    kept.Forget(part);
            return new Run(kept, parsed.GetValue(fresh)).AllAsync(
                [.. chosen.SelectMany(p => p.Whole().Select(piece => (p, piece)))],
                parsed.GetValue(minutes),
                cancel
            );
        })
);

var list = new Command(
    "list",
    "Say which parts there are, of how many pieces, and what has passed."
);
list.SetAction(
    (_, _) =>
        GuardedAsync(() =>
        {
            var table = new Table().Border(TableBorder.Simple);
            table.AddColumns("part", "pieces", "passed", "minutes, about", "what it shows");
            foreach (var part in parts)
            {
                var pieces = part.Whole();
                table.AddRow(
                    part.Name,
                    $"{pieces.Count}",
                    $"{pieces.Count(p => kept.Passed(part, p) is not null)}",
                    FormattableString.Invariant($"{pieces.Sum(p => p.Minutes):f0}"),
                    Markup.Escape(part.Shows)
                );
            }
            AnsiConsole.Write(table);
            return Task.FromResult(0);
        })
);
root.Add(list);

var of = new Option<string>("--of")
{
    HelpName = "commit",
    Description = "The commit whose turn it is.",
    DefaultValueFactory = _ => "HEAD",
};
var budget = new Option<double>("--minutes")
{
    HelpName = "number",
    Description = "About as much as takes so long on two cores.",
    DefaultValueFactory = _ => 5,
};
var slice = new Command(
    "slice",
    "Run the few minutes of the suite that are a commit's turn: its name decides which."
)
{
    of,
    budget,
};
slice.SetAction(
    (parsed, cancel) =>
        GuardedAsync(() =>
        {
            var all = parts
                .Where(p => p.Slices is not null)
                .SelectMany(p => p.Slices!().Select(piece => (Part: p, Piece: piece)))
                .ToArray();
            var commit = Sources.Commit(parsed.GetValue(of)!);
            var chosen = Rotation.Of(all, s => s.Piece.Minutes, commit, parsed.GetValue(budget));
            AnsiConsole.MarkupLineInterpolated(
                $"The long suite's turn of {commit[..12]}, {chosen.Count} of {all.Length} pieces: {string.Join("; ", chosen.Select(s => $"{s.Part.Name}: {s.Piece.Name}"))}"
            );
            // A slice of a part is less than the part: the two are kept apart.
            return new Run(new Kept(Path.Combine(folder, "slices")), fresh: true).AllAsync(
                chosen,
                double.PositiveInfinity,
                cancel
            );
        })
);
root.Add(slice);
var result = root.Parse(args);
var code = await result.InvokeAsync();
return result.Errors.Count > 0 ? Unusable : code;

static async Task<int> GuardedAsync(Func<Task<int>> command)
{
    try
    {
        return await command();
    }
    catch (OperationCanceledException)
    {
        AnsiConsole.MarkupLine("[yellow]Cancelled.[/] The same command goes on from here.");
        return Cancelled;
    }
    catch (LongException e)
    {
        AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
        return Unusable;
    }
}
