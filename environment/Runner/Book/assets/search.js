// Search without a network: the index and the engine are loaded when the reader first searches.
(function () {
  'use strict';
  var dialog = document.querySelector('dialog.search');
  var input = dialog.querySelector('input');
  var list = dialog.querySelector('ol');
  var status = dialog.querySelector('.status');
  var engine = null;

  var waiting = null; // what to do when the engine is there

  function load(file, then) {
    var script = document.createElement('script');
    script.src = 'assets/' + file;
    script.addEventListener('load', then);
    script.addEventListener('error', function () { status.textContent = 'The search could not be loaded.'; });
    document.head.append(script);
  }
  function prepare(then) {
    if (engine) { then(); return; }
    var loading = waiting !== null;
    waiting = then;
    if (loading) return;
    load('minisearch/minisearch.js', function () {
      load('search-index.js', function () {
        engine = new window.MiniSearch({
          fields: ['title', 'text', 'chapter'],
          storeFields: ['page', 'anchor', 'chapter', 'title', 'text'],
          searchOptions: { boost: { title: 4, chapter: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' }
        });
        engine.addAll(window.searchSections);
        waiting();
      });
    });
  }
  // The words as they were found, marked in a piece of text around the first of them.
  function excerpt(text, terms) {
    var lower = text.toLowerCase();
    var first = Math.min.apply(null, terms.map(function (t) { var at = lower.indexOf(t); return at < 0 ? Infinity : at; }));
    var start = isFinite(first) ? Math.max(0, first - 60) : 0;
    var piece = document.createElement('span');
    if (start > 0) piece.append('… ');
    mark(piece, text.slice(start, start + 180), terms);
    piece.append(' …');
    return piece;
  }
  function pattern(terms) {
    return new RegExp('(' + terms.map(function (t) { return t.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'); }).join('|') + ')', 'gi');
  }
  function mark(target, text, terms) {
    text.split(pattern(terms)).forEach(function (part, i) {
      if (i % 2 === 0) { target.append(part); return; }
      var hit = document.createElement('mark');
      hit.textContent = part;
      target.append(hit);
    });
  }
  function search() {
    var words = input.value.trim();
    list.replaceChildren();
    if (words === '') { status.textContent = 'Type a word: eta, guidance, Heun …'; return; }
    prepare(function () {
      if (words !== input.value.trim()) return;
      list.replaceChildren();
      var hits = engine.search(words).slice(0, 20);
      status.textContent = hits.length === 0 ? 'Nothing has these words.' : hits.length === 20 ? 'The best twenty places:' : hits.length + (hits.length === 1 ? ' place:' : ' places:');
      hits.forEach(function (hit) {
        var item = document.createElement('li');
        var link = document.createElement('a');
        link.href = hit.page + '?find=' + encodeURIComponent(hit.terms.join(' ')) + hit.anchor;
        var title = document.createElement('strong');
        mark(title, hit.title, hit.terms);
        var chapter = document.createElement('small');
        chapter.textContent = hit.chapter;
        link.append(title, chapter, excerpt(hit.text, hit.terms));
        item.append(link);
        list.append(item);
      });
    });
  }
  function open() {
    if (!dialog.open) dialog.showModal();
    input.select();
    search();
  }
  document.querySelector('.bar .find').addEventListener('click', open);
  dialog.querySelector('.close').addEventListener('click', function () { dialog.close(); });
  dialog.addEventListener('click', function (event) {
    // A link within this page, or a click beside the box.
    if (event.target === dialog || event.target.closest('a')) dialog.close();
  });
  input.addEventListener('input', search);
  dialog.querySelector('form').addEventListener('submit', function (event) {
    event.preventDefault();
    var first = list.querySelector('a');
    if (first) first.click();
  });
  dialog.addEventListener('keydown', function (event) {
    var links = Array.from(list.querySelectorAll('a'));
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' || links.length === 0) return;
    event.preventDefault();
    var at = links.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
    (links[at] || (at < 0 ? input : links[links.length - 1])).focus();
  });
  document.addEventListener('keydown', function (event) {
    var typing = /^(input|textarea|select)$/i.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      open();
    }
  });

  // Where a search led to: its words are marked in the text.
  var found = new URLSearchParams(location.search).get('find');
  if (found) {
    var terms = found.split(' ').filter(Boolean);
    var walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT, function (node) {
      return node.parentElement.closest('.katex, script, style, svg, mark') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
    });
    var nodes = [];
    while (walker.nextNode()) if (pattern(terms).test(walker.currentNode.data)) nodes.push(walker.currentNode);
    nodes.forEach(function (node) {
      var piece = document.createElement('span');
      mark(piece, node.data, terms);
      node.replaceWith.apply(node, Array.from(piece.childNodes));
    });
  }
})();
