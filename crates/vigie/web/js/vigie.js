// Keyboard shortcuts and the help overlay. Pages work without this file; it must never hold state
// that has no address, nor send anything anywhere.
(() => {
  "use strict";
  const help = document.getElementById("help");
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  let prefix = false;

  function openHelp() {
    if (help && !help.open) help.showModal();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-help]");
    if (opener && help) {
      event.preventDefault();
      openHelp();
    }
    if (event.target.closest("[data-close]")) help.close();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.matches("select, input[type=date], input[type=checkbox]")) form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (help && help.open) return;
    const go = prefix && document.querySelector(`[data-key="g ${event.key}"]`);
    prefix = event.key === "g" && !prefix;
    if (go) {
      event.preventDefault();
      go.click();
      return;
    }
    if (event.key === "?") {
      event.preventDefault();
      openHelp();
      return;
    }
    if (prefix) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, select")) target.focus();
    else target.click();
  });
})();
