// Before the page is drawn: the theme that the reader chose, or else the system's.
(function () {
  'use strict';
  var chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* a page from disk may have no storage */ }
  var dark = matchMedia('(prefers-color-scheme: dark)');
  function apply() {
    document.documentElement.dataset.theme = chosen || (dark.matches ? 'dark' : 'light');
  }
  dark.addEventListener('change', apply);
  apply();
  window.switchTheme = function () {
    chosen = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem('theme', chosen); } catch { /* then it lasts for this page */ }
    apply();
  };
})();
