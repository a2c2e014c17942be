using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Diffusion.Runner.Notebooks;
using Diffusion.Runner.Outputs;

namespace Diffusion.Runner.Book;

/// <summary>Writes an executed notebook in Jupyter's format (nbformat 4.5).</summary>
public static partial class IpynbWriter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        // The file is JSON on its own, never part of a page: letters may stay letters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the file anew.</summary>
    public static void Write(ExecutedNotebook notebook, string path)
    {
        var root = new JsonObject
        {
            ["cells"] = new JsonArray(notebook.Cells.Select(Cell).ToArray<JsonNode>()),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject
                {
                    ["display_name"] = ".NET (C#)",
                    ["language"] = "C#",
                    ["name"] = ".net-csharp",
                },
                ["language_info"] = new JsonObject
                {
                    ["file_extension"] = ".cs",
                    ["mimetype"] = "text/x-csharp",
                    ["name"] = "C#",
                    ["pygments_lexer"] = "csharp",
                },
                // Whoever changes the file breaks it.
                ["written_by"] = Seal.Open,
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        File.WriteAllBytes(
            path,
            Seal.Close(Encoding.UTF8.GetBytes(root.ToJsonString(Options) + "\n"))
        );
    }

    private static JsonObject Cell(ExecutedCell cell)
    {
        var json = new JsonObject
        {
            ["cell_type"] = cell.Kind == CellKind.CSharp ? "code" : "markdown",
            ["id"] = $"cell-{cell.Number}",
            ["metadata"] = new JsonObject(),
            ["source"] = Lines(cell.Source),
        };
        if (cell.Kind == CellKind.CSharp)
        {
            json["execution_count"] = cell.Number;
            json["outputs"] = new JsonArray(
                cell.Outputs.Select(o => Output(o, cell.Number)).ToArray<JsonNode>()
            );
        }
        return json;
    }

    private static JsonObject Output(CellOutput output, int number)
    {
        var plain = output.Data.GetValueOrDefault("text/plain", "");
        switch (output.Kind)
        {
            case OutputKind.StandardOutput:
            case OutputKind.StandardError:
                return new JsonObject
                {
                    ["output_type"] = "stream",
                    ["name"] = output.Kind == OutputKind.StandardOutput ? "stdout" : "stderr",
                    ["text"] = Lines(plain),
                };
            case OutputKind.Error:
                return new JsonObject
                {
                    ["output_type"] = "error",
                    ["ename"] = "Error",
                    ["evalue"] = plain,
                    ["traceback"] = Lines(plain),
                };
            default:
                var json = new JsonObject
                {
                    ["output_type"] =
                        output.Kind == OutputKind.ReturnValue ? "execute_result" : "display_data",
                    ["data"] = Data(output.Data),
                    ["metadata"] = new JsonObject(),
                };
                if (output.Kind == OutputKind.ReturnValue)
                    json["execution_count"] = number;
                return json;
        }
    }

    private static JsonObject Data(IReadOnlyDictionary<string, string> data)
    {
        var json = new JsonObject();
        foreach (var (mimeType, text) in data)
            json[mimeType] =
                mimeType.StartsWith("image/", StringComparison.Ordinal)
                && mimeType != "image/svg+xml"
                    ? text
                    : Lines(text);
        // GitHub and mail programs run no scripts: they show the picture that the figure carries.
        if (data.TryGetValue("text/html", out var html))
        {
            if (StaticPng().Match(html) is { Success: true } png)
                json["image/png"] = png.Groups["data"].Value;
            else if (StaticSvg().Match(html) is { Success: true } svg)
                json["image/svg+xml"] = Lines(
                    svg.Value.Replace(
                        "<svg ",
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" ",
                        StringComparison.Ordinal
                    )
                );
        }
        return json;
    }

    private static JsonArray Lines(string text)
    {
        var lines = text.Split('\n');
        return new JsonArray(
            lines
                .Select((line, i) => i < lines.Length - 1 ? line + "\n" : line)
                .Where(line => line != "")
                .Select(line => (JsonNode)line)
                .ToArray()
        );
    }

    [GeneratedRegex("""<img class="static"[^>]*src="data:image/png;base64,(?<data>[^"]+)">""")]
    private static partial Regex StaticPng();

    [GeneratedRegex("""<svg class="static".*?</svg>""", RegexOptions.Singleline)]
    private static partial Regex StaticSvg();
}
