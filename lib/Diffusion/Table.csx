#nullable enable
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;

/// <summary>Rows of texts under headings: the first column names the row, the others are aligned to the right.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class Table
{
    private readonly string caption;
    private readonly IReadOnlyList<string> headings;
    private readonly IReadOnlyList<IReadOnlyList<string>> rows;

    /// <param name="caption">What the table shows; above it.</param>
    /// <param name="headings">One a column.</param>
    /// <param name="rows">As many texts each as there are headings.</param>
    /// <exception cref="ArgumentException">A row has another length.</exception>
    public Table(
        string caption,
        IReadOnlyList<string> headings,
        IReadOnlyList<IReadOnlyList<string>> rows
    )
    {
        if (rows.FirstOrDefault(r => r.Count != headings.Count) is { } wrong)
            throw new ArgumentException(
                $"The row '{string.Join(" | ", wrong)}' has {wrong.Count} cells under {headings.Count} headings: give one for each.",
                nameof(rows)
            );
        (this.caption, this.headings, this.rows) = (caption, headings, rows);
    }

    /// <summary>The same in plain text, with aligned columns.</summary>
    public override string ToString()
    {
        var widths = headings
            .Select((h, i) => rows.Select(r => r[i].Length).Append(h.Length).Max())
            .ToArray();
        string Line(IReadOnlyList<string> cells) =>
            string.Join(
                    "  ",
                    cells.Select(
                        (c, i) => IsOfNumbers(i) ? c.PadLeft(widths[i]) : c.PadRight(widths[i])
                    )
                )
                .TrimEnd();
        return string.Join('\n', rows.Select(Line).Prepend(Line(headings)).Prepend(caption));
    }

    public string ToHtml()
    {
        var html = new StringBuilder(
            "<div style=\"overflow-x:auto\" tabindex=\"0\" role=\"region\""
        );
        html.Append($" aria-label=\"{Encoded(caption)}\"><table class=\"diffusion-table\">");
        html.Append($"<caption style=\"text-align:left\">{Encoded(caption)}</caption><thead><tr>");
        for (var i = 0; i < headings.Count; i++)
            // A corner without words is no heading.
            html.Append(
                headings[i] == ""
                    ? "<td></td>"
                    : $"<th scope=\"col\" style=\"{Alignment(i)}\">{Encoded(headings[i])}</th>"
            );
        html.Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            html.Append($"<tr><th scope=\"row\" style=\"text-align:left\">{Encoded(row[0])}</th>");
            for (var i = 1; i < row.Count; i++)
                html.Append($"<td style=\"{CellStyle(i)}\">{Encoded(row[i])}</td>");
            html.Append("</tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>Numbers stand with their ends below each other, words with their beginnings.</summary>
    private bool IsOfNumbers(int column) =>
        column > 0
        && rows.All(r =>
            r[column] == "" || char.IsAsciiDigit(r[column][0]) || "-+±".Contains(r[column][0])
        );

    private string Alignment(int column) =>
        IsOfNumbers(column) ? "text-align:right" : "text-align:left";

    /// <summary>A number and its "±" stay on one line.</summary>
    private string CellStyle(int column) =>
        IsOfNumbers(column) ? "text-align:right;white-space:nowrap" : "text-align:left";

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
