using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace Diffusion.Tests;

/// <summary>The chapters' tables from formulas to code name what is there.</summary>
public sealed class FormulaTableTests
{
    private const BindingFlags Any =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Static
        | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Notebooks =>
        new(
            Directory
                .GetFiles(Path.Combine(Repository.Root, "notebooks"), "*.dib")
                .Order(StringComparer.Ordinal)
                .Select(f => Path.GetFileName(f)!)
        );

    [Theory]
    [MemberData(nameof(Notebooks))]
    public void Every_symbol_exists(string notebook)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "notebooks", notebook));
        // Rows of the tables whose last column is the library; a symbol is Type or Type.Member.
        var tables = Regex.Matches(
            text,
            @"^\|[^\n]*library \|\n\|[-|]+\|\n((?:\|[^\n]*\|\n)+)",
            RegexOptions.Multiline | RegexOptions.IgnoreCase
        );
        if (!notebook.StartsWith('C'))
            Assert.NotEmpty(tables);
        foreach (Match table in tables)
        foreach (
            var row in table.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        )
        foreach (Match symbol in Regex.Matches(row.Split('|')[^2], @"`(\w+)(?:\.(\w+))?`"))
        {
            var (type, member) = (symbol.Groups[1].Value, symbol.Groups[2].Value);
            if (member is "csx" || type is "GroupNorm" || !char.IsUpper(type[0]))
                continue;
            var found = typeof(Sampler).Assembly.GetTypes().Where(t => t.Name == type).ToArray();
            Assert.True(found.Length > 0, $"{notebook}: there is no type {type}.");
            Assert.True(
                member == "" || found.Any(t => t.GetMember(member, Any).Length > 0),
                $"{notebook}: {type} has no {member}."
            );
        }
    }

    /// <summary>README's worked example is a cell of chapter 6, which runs it and measures its order.</summary>
    [Fact]
    public void The_readmes_solver_is_the_one_that_chapter_6_runs()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var code = Regex
            .Matches(readme, @"```csharp\n(.*?)```", RegexOptions.Singleline)
            .Select(m => m.Groups[1].Value.Trim())
            .Single(c => c.Contains(": ISampler", StringComparison.Ordinal));
        Assert.Contains(
            code,
            File.ReadAllText(Path.Combine(Repository.Root, "notebooks", "06-strided-sampling.dib"))
        );
    }
}
