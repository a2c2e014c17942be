(function () {
  'use strict';
  var theme = document.querySelector('.bar .theme');
  function name() {
    var dark = document.documentElement.dataset.theme === 'dark';
    theme.textContent = dark ? '☀' : '☾';
    theme.setAttribute('aria-label', dark ? 'Switch to the light theme' : 'Switch to the dark theme');
  }
  theme.addEventListener('click', function () { window.switchTheme(); name(); });
  name();

  var menu = document.querySelector('.bar .menu');
  menu.addEventListener('click', function () {
    var open = document.body.classList.toggle('menu-open');
    menu.setAttribute('aria-expanded', String(open));
  });
  document.querySelector('.side').addEventListener('click', function (event) {
    if (event.target.closest('a')) {
      document.body.classList.remove('menu-open');
      menu.setAttribute('aria-expanded', 'false');
    }
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      document.body.classList.remove('menu-open');
      menu.setAttribute('aria-expanded', 'false');
    }
  });

  document.querySelectorAll('.cell .code').forEach(function (box) {
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy this code');
    button.addEventListener('click', function () {
      navigator.clipboard.writeText(box.querySelector('code').textContent).then(function () {
        button.textContent = 'Copied';
        setTimeout(function () { button.textContent = 'Copy'; }, 1500);
      });
    });
    box.append(button);

    foldable(box, box.querySelector('code').textContent);
  });
  document.querySelectorAll('.cell .output').forEach(function (box) {
    var text = box.querySelector(':scope > pre');
    if (text) foldable(box, text.textContent);
  });

  // A long listing or output can be put away; it is open at first, since it is what the text speaks of.
  function foldable(box, text) {
    if (text.trimEnd().split('\n').length <= 20) return;
    var fold = document.createElement('button');
    fold.type = 'button';
    fold.className = 'fold';
    function name() {
      var folded = box.classList.contains('folded');
      fold.textContent = folded ? 'Unfold' : 'Fold';
      fold.setAttribute('aria-expanded', String(!folded));
    }
    fold.addEventListener('click', function () { box.classList.toggle('folded'); name(); });
    name();
    box.append(fold);
  }

  // The contents show which section is read.
  var links = {};
  document.querySelectorAll('.side ul a').forEach(function (a) { links[decodeURIComponent(a.hash.slice(1))] = a; });
  var watcher = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      Object.values(links).forEach(function (a) { a.classList.remove('reading'); });
      links[entry.target.id].classList.add('reading');
    });
  }, { rootMargin: '-10% 0px -75% 0px' });
  Object.keys(links).forEach(function (id) {
    var heading = document.getElementById(id);
    if (heading) watcher.observe(heading);
  });
})();
