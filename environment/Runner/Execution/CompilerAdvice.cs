using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Diffusion.Runner.Execution;

/// <summary>
/// What to do about compiler errors that come of the code being a notebook's: in an ordinary program it
/// would be right.
/// </summary>
internal static partial class CompilerAdvice
{
    private const string NewerLanguage =
        "The notebook engine's last tagged version compiles C# 13: say it without this feature.";

    public static string? For(Diagnostic error) =>
        error.Id switch
        {
            "CS0103" when error.GetMessage().Contains("'field'") => NewerLanguage,
            "CS0103" or "CS0246" => MissingUsing(error),
            "CS0120" =>
                "If this is a variable of a cell: a type in a script cannot reach it; hand the value over as a parameter.",
            "CS1109" =>
                "Every type of a script is nested, so it cannot hold extension methods: make this an ordinary static method.",
            "CS1504" =>
                "A cell's #load is relative to the notebook's folder, a loaded file's to that file.",
            "CS7021" => "Declare the types at top level, without a namespace.",
            "CS8098" =>
                "#load must be the first thing in its cell: move it up, or give it a cell of its own.",
            "CS8345" =>
                "A Span cannot be a top-level variable of a script: use it inside of a block { … } or a method.",
            _ when AsksForNewerLanguage().IsMatch(error.GetMessage()) => NewerLanguage,
            _ => null,
        };

    /// <summary>Where the name would be found, had its namespace been stated.</summary>
    private static string? MissingUsing(Diagnostic error)
    {
        var name = QuotedName().Match(error.GetMessage()).Groups["name"].Value;
        if (name == "" || error.Location.SourceTree is null)
            return null;
        var homes = Framework
            .Value.Where(type => type.Name == name)
            .Select(type => type.Namespace)
            .Distinct()
            .Order()
            .ToArray();
        return homes.Length is > 0 and <= 3
            ? $"The engine brings System, System.Text, System.Collections(.Generic), System.Linq and System.Threading.Tasks; '{name}' needs 'using {string.Join(";' or 'using ", homes)};'."
            : null;
    }

    private static readonly System.Lazy<IReadOnlyList<(string Namespace, string Name)>> Framework =
        new(() =>
            System
                .AppDomain.CurrentDomain.GetAssemblies()
                .Where(a =>
                    !a.IsDynamic
                    && a.GetName().Name is string assembly
                    && (assembly.StartsWith("System.") || assembly == "TorchSharp")
                )
                .SelectMany(a => a.GetExportedTypes())
                .Where(t => !t.IsNested && t.Namespace is not null)
                .Select(t => (t.Namespace!, t.Name.Split('`')[0]))
                .ToArray()
        );

    [GeneratedRegex(@"'(?<name>\w+)(?:<.*>)?'")]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"language version \d+(\.\d+)? or greater|'preview' language version")]
    private static partial Regex AsksForNewerLanguage();
}
