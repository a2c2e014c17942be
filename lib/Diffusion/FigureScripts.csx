#nullable enable
using System;
using System.IO;

/// <summary>
/// What a page with figures needs once: plotly.js, from Plotly.NET's own resource, and the small
/// script that draws.
/// </summary>
public static class FigureScripts
{
    private const string PlotlyResource = "Plotly.NET.plotly-2.28.0.min.js";

    /// <summary>Both scripts and the style, each marked with <c>data-library</c>, so that a book can put them into files.</summary>
    public static string Html =>
        $"<style data-library=\"diffusion-figures\">{Style}</style>"
        // plotly.js would hand itself to a module loader where the page has one, and then be found nowhere.
        + $"<script data-library=\"plotly.js 2.28.0\">(function(define,exports,module){{{PlotlyJs()}\n}}).call(window)</script>"
        + $"<script data-library=\"diffusion-figures\">{Runtime}</script>";

    private static string PlotlyJs()
    {
        using var stream =
            typeof(Plotly.NET.GenericChart).Assembly.GetManifestResourceStream(PlotlyResource)
            ?? throw new InvalidOperationException(
                $"This Plotly.NET has no resource {PlotlyResource}: use version 6.0.0, as the environment notebooks do."
            );
        using var reader = new StreamReader(stream);
        // The script tag that will hold it must not end inside of a text of it.
        return reader.ReadToEnd().Replace("</script", "<\\/script");
    }

    private const string Style = """
.diffusion-figure{margin:1.2em 0;color:inherit;font-size:.95rem}
.diffusion-figure .title{margin:0 0 .4em;font-weight:600}
.diffusion-figure figcaption{margin-top:.5em;font-size:.92em;opacity:.85}
.diffusion-figure .frame{position:relative;width:100%;max-width:var(--widest)}
.diffusion-figure .frame>.static{position:absolute;inset:0;width:100%;height:100%;image-rendering:pixelated}
.diffusion-figure .drawing{max-width:var(--widest)}
.diffusion-figure .drawing svg{display:block;width:100%;height:auto}
.diffusion-figure .plot{position:absolute;inset:0;visibility:hidden}
.diffusion-figure.drawn .plot{visibility:visible}
.diffusion-figure.drawn .frame>.static{visibility:hidden}
.diffusion-figure .controls{display:flex;max-width:var(--widest);gap:.7em;align-items:center;margin-top:.5em}
.diffusion-figure .controls button{min-width:2.6em;min-height:2em;border:1px solid currentColor;border-radius:.4em;background:none;color:inherit;font:inherit;cursor:pointer}
.diffusion-figure .controls input{flex:1;min-width:4em;min-height:1.6em;accent-color:#d55e00}
.diffusion-figure .controls output{min-width:7em;font-variant-numeric:tabular-nums}
.diffusion-check{color:inherit;font-variant-numeric:tabular-nums}
@media print{.diffusion-figure .plot,.diffusion-figure .controls{display:none!important}.diffusion-figure.drawn .frame>.static{visibility:visible}}
""";

    private const string Runtime = """
(function () {
  'use strict';
  var waiting = window.diffusionFigures || [];
  if (!Array.isArray(waiting)) return; // the set-up cell was run twice
  var light = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b87f00', '#3a3a3a'];
  var dark = ['#56b4e9', '#ff9d45', '#2cc5a0', '#f0a6cf', '#f0e442', '#dedede'];
  var config = { responsive: true, displaylogo: false, displayModeBar: false };
  var figures = [];

  // The page says in which colour it writes: light writing means a dark page, whoever made it dark.
  function colours(element) {
    var ink = getComputedStyle(element).color;
    var rgb = (ink.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
    var isDark = 0.3 * rgb[0] + 0.6 * rgb[1] + 0.1 * rgb[2] > 128;
    var faint = 'rgba(' + rgb.slice(0, 3).join(',') + ',';
    return { ink: ink, line: faint + '0.18)', way: isDark ? dark : light };
  }

  function themed(figure) {
    var c = colours(figure.element);
    var layout = JSON.parse(JSON.stringify(figure.spec.chart.layout || {}));
    var narrow = figure.plot.clientWidth < 420;
    layout.autosize = true;
    layout.paper_bgcolor = layout.plot_bgcolor = 'rgba(0,0,0,0)';
    layout.font = { color: c.ink, size: narrow ? 11 : 13, family: getComputedStyle(figure.element).fontFamily };
    layout.colorway = c.way;
    layout.hoverlabel = { font: { family: layout.font.family } };
    layout.dragmode = false;
    ['xaxis', 'yaxis'].forEach(function (name) {
      layout[name] = Object.assign({ gridcolor: c.line, zerolinecolor: c.line, linecolor: c.line }, layout[name]);
    });
    (layout.annotations || []).forEach(function (a) { if (a.font) a.font.size = narrow ? 9 : a.font.size; });
    return layout;
  }

  function data(figure) {
    var frame = figure.frames[figure.at];
    return figure.spec.chart.data.map(function (trace, i) {
      return frame ? Object.assign({}, trace, frame.data[i]) : Object.assign({}, trace);
    });
  }

  function draw(figure) {
    return window.Plotly.react(figure.plot, data(figure), themed(figure), config).then(function () {
      figure.element.classList.add('drawn');
    });
  }

  function show(figure, at) {
    figure.at = at;
    figure.slider.value = at;
    var label = figure.frames[at].layout.title;
    figure.label.textContent = label;
    figure.slider.setAttribute('aria-valuetext', label);
    draw(figure);
  }

  function stop(figure) {
    clearInterval(figure.timer);
    figure.timer = 0;
    figure.button.textContent = '▶';
    figure.button.setAttribute('aria-label', 'Play');
  }

  function play(figure) {
    if (figure.timer) return stop(figure);
    figure.button.textContent = '❚❚';
    figure.button.setAttribute('aria-label', 'Pause');
    if (figure.at === figure.frames.length - 1) show(figure, 0);
    // Short animations would be over before the eye has followed them.
    var pause = Math.min(700, Math.max(90, 6000 / figure.frames.length));
    figure.timer = setInterval(function () {
      if (!document.contains(figure.element)) return stop(figure);
      if (figure.at === figure.frames.length - 1) return stop(figure);
      show(figure, figure.at + 1);
    }, pause);
  }

  function controls(figure) {
    var bar = document.createElement('div');
    bar.className = 'controls';
    figure.button = document.createElement('button');
    figure.button.type = 'button';
    figure.button.addEventListener('click', function () { play(figure); });
    figure.slider = document.createElement('input');
    figure.slider.type = 'range';
    figure.slider.min = 0;
    figure.slider.max = figure.frames.length - 1;
    figure.slider.setAttribute('aria-label', 'Frame');
    figure.slider.addEventListener('input', function () { stop(figure); show(figure, Number(figure.slider.value)); });
    // Editors around a notebook have meanings of their own for these: VS Code folds the section.
    bar.addEventListener('keydown', function (e) {
      if (/^(Arrow|Page|Home|End|Enter| )/.test(e.key)) e.stopPropagation();
    });
    figure.label = document.createElement('output');
    bar.append(figure.button, figure.slider, figure.label);
    figure.element.querySelector('.frame').after(bar);
    stop(figure);
    figure.at = figure.spec.opensAt;
    figure.slider.value = figure.at;
    figure.label.textContent = figure.frames[figure.at].layout.title;
    figure.slider.setAttribute('aria-valuetext', figure.label.textContent);
  }

  // plotly.js may come later than a figure: cells can run in any order.
  function whenReady(action) {
    if (window.Plotly) return action();
    setTimeout(function () { whenReady(action); }, 60);
  }

  function add(entry) {
    var element = document.getElementById(entry.id);
    if (!element) return setTimeout(function () { add(entry); }, 60);
    var figure = { element: element, plot: element.querySelector('.plot'), spec: entry.spec, frames: entry.spec.frames || [], at: 0 };
    figures.push(figure);
    if (figure.frames.length) controls(figure);
    whenReady(function () { draw(figure); });
  }

  function recolour() {
    figures = figures.filter(function (figure) { return document.contains(figure.element); });
    if (window.Plotly) figures.forEach(draw);
  }

  var themeChanges = new MutationObserver(recolour);
  [document.documentElement, document.body].forEach(function (element) {
    if (element) themeChanges.observe(element, { attributes: true, attributeFilter: ['class', 'data-theme', 'data-vscode-theme-kind'] });
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);

  window.diffusionFigures = { push: add };
  waiting.forEach(add);
})();
""";
}
