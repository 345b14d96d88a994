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

  // A menu closes when one goes elsewhere, and by Escape.
  const shut = (menu) => menu.removeAttribute("open");
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) shut(menu); });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest && event.target.closest("details.menu[open]");
    if (!menu) return;
    shut(menu);
    menu.querySelector("summary").focus();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    // Columns are chosen together.
    if (form && !event.target.closest(".columns") && event.target.matches("select, input[type=date], input[type=checkbox]")) form.requestSubmit();
  });

  // What waits to be read after a refused form.
  const refused = document.querySelector("[data-focus]");
  if (refused) refused.focus();

  // A form that opens something is sent once, whatever the impatience.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));

  // A file that the server would not take is told before it is sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[type=file][data-most]")) return;
    const large = [...input.files].some((file) => file.size > Number(input.dataset.most));
    input.setCustomValidity(large ? input.dataset.tooLarge : "");
    if (large) input.reportValidity();
  });

  // Files dropped on a form, or pasted into it, are attached to it.
  function attach(form, files) {
    const input = form.querySelector("input[type=file]");
    if (!input || !files.length) return false;
    const all = new DataTransfer();
    for (const file of [...input.files, ...files]) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
  const zone = (event) => event.target.closest && event.target.closest("form[data-drop]");
  document.addEventListener("dragover", (event) => {
    const form = zone(event);
    if (!form || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    const form = zone(event);
    if (form && !form.contains(event.relatedTarget)) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    const form = zone(event);
    if (!form) return;
    event.preventDefault();
    form.classList.remove("dropping");
    attach(form, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const form = zone(event);
    if (form && attach(form, event.clipboardData.files)) event.preventDefault();
  });

  // A part of a page that follows what is typed in the form around it.
  let asked = 0;
  let waiting;
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    const parts = form ? form.querySelectorAll("[data-part]") : [];
    if (!parts.length) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => parts.forEach(async (part) => {
      const mine = ++asked;
      part.dataset.asked = mine;
      const typed = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string" && value !== "" && value.length < 500));
      const answer = await fetch(`${part.dataset.part}?${typed}`, { headers: { accept: "text/html" } }).catch(() => null);
      // A later question has been asked meanwhile.
      if (!answer || !answer.ok || part.dataset.asked !== String(mine)) return;
      part.innerHTML = await answer.text();
    }), 200);
  });

  // A box that checks all others of the list.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset.all;
    if (name) document.querySelectorAll(`input[name="${CSS.escape(name)}"]`).forEach((box) => { box.checked = event.target.checked; });
  });

  // A proposal fills the form in which it stands.
  document.addEventListener("click", (event) => {
    const proposal = event.target.closest("[data-fill]");
    if (!proposal) return;
    const form = proposal.closest("form");
    for (const [name, value] of Object.entries(JSON.parse(proposal.dataset.fill))) {
      if (value && form.elements[name]) form.elements[name].value = value;
    }
    const next = form.elements.titre;
    next.focus();
    next.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // Writing a call down: the name comes first, F2 is a P1, the arrow goes to the proposals.
  const call = document.querySelector("form[data-call]");
  if (call) {
    if (!refused) call.elements.demandeur.focus();
    call.addEventListener("keydown", (event) => {
      if (event.key === "F2") {
        event.preventDefault();
        document.getElementById("p1").checked = true;
        call.dispatchEvent(new Event("change", { bubbles: true }));
      }
      const proposals = [...call.querySelectorAll("[data-fill]")];
      const here = proposals.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || (here < 0 && !event.target.matches("#demandeur, #telephone"))) return;
      const to = here < 0 && step < 0 ? null : proposals[here + step];
      if (to) event.preventDefault();
      if (to) to.focus();
      else if (here === 0) call.elements.demandeur.focus();
    });
  }

  // A cell of the queue is edited in place: the page of its act, in a dialog. What is refused is said there.
  let renew = () => location.reload();
  const inPlace = document.createElement("dialog");
  inPlace.className = "in-place";
  const cell = (href) => [...document.querySelectorAll("#liste a.edit")].find((link) => link.getAttribute("href") === href);
  async function editing(answer) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("acte");
    if (!part) return false;
    inPlace.replaceChildren(part);
    inPlace.setAttribute("aria-labelledby", "acte-title");
    if (!inPlace.isConnected) document.body.append(inPlace);
    if (!inPlace.open) inPlace.showModal();
    const form = inPlace.querySelector("form");
    const wanted = inPlace.querySelector("[data-focus]") || (form && (document.getElementById(form.dataset.wanted) || form.querySelector("select, input:not([type=hidden]), textarea")));
    if (wanted) wanted.focus();
    return true;
  }
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("#liste a.edit");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      inPlace.dataset.from = link.getAttribute("href");
      const answer = await fetch(link.href, { headers: { accept: "text/html" } }).catch(() => null);
      if (!answer || !(await editing(answer))) location.assign(link.href);
    } else if (inPlace.open && event.target.closest("[data-leave]")) {
      event.preventDefault();
      inPlace.close();
    }
  });
  inPlace.addEventListener("close", () => {
    const back = cell(inPlace.dataset.from);
    if (back) back.focus();
  });
  inPlace.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    const answer = await fetch(form.action, { method: "post", body: new FormData(form), headers: { accept: "text/html" } }).catch(() => null);
    delete form.dataset.sent;
    if (answer && !answer.redirected && (await editing(answer))) return;
    const from = inPlace.dataset.from;
    inPlace.close();
    if (!answer || !answer.ok) location.assign(form.elements.liste.value);
    else renew(() => { const back = cell(from); if (back) back.focus(); });
  });

  // From case to case of the queue: j and k, x to check one, e to give it to somebody.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const links = [...document.querySelectorAll("#liste .row-link")];
    const row = event.target.closest("#liste tbody tr");
    const here = row ? links.indexOf(row.querySelector(".row-link")) : -1;
    if (event.key === "j" || event.key === "k") {
      const to = links[event.key === "j" ? here + 1 : Math.max(here - 1, 0)];
      if (to) to.focus();
    } else if (row && event.key === "x") {
      const box = row.querySelector(".pick input");
      if (box) box.click();
    } else if (row && event.key === "e") {
      const edit = row.querySelector("a.edit");
      if (edit) edit.click();
    }
  });

  // What changes elsewhere, while somebody looks.
  const watched = document.querySelector("[data-live]");
  const bell = document.getElementById("bell");
  // One stream for the page: what is watched and the bell hear the same.
  // Whoever may not read cases would be refused.
  if ((watched || (bell && "listens" in bell.dataset)) && window.EventSource) {
    let source;
    let renewing;
    renew = (atOnce) => {
      clearTimeout(renewing);
      renewing = setTimeout(async () => {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
        if (!answer || !answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        // Never under somebody's hands.
        const held = { liste: "#liste input:checked, #liste :focus, dialog.in-place[open]", vues: "#vues :focus, #vues details[open]" };
        for (const id of ["vues", "liste", "bell"]) {
          const [from, to] = [page.getElementById(id), document.getElementById(id)];
          if (from && to && (atOnce || !held[id] || !document.querySelector(held[id]))) to.innerHTML = from.innerHTML;
        }
        if (typeof atOnce === "function") atOnce();
      }, atOnce ? 0 : 500);
    };
    const ring = () => {
      bell.textContent = Number(bell.textContent) + 1;
      bell.classList.remove("zero");
    };
    const changed = (number, version, told) => {
      if (told && bell) ring();
      if (!watched) return;
      // A page about one case is renewed by that case alone.
      if (watched.dataset.only && number !== undefined && number !== watched.dataset.only) return;
      if (watched.dataset.live === "*") renew();
      else if (number === undefined || (number === watched.dataset.live && version > Number(watched.dataset.version))) watched.hidden = false;
    };
    const listen = () => {
      if (document.hidden) {
        if (source) source.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource("/dossiers/flux");
        source.addEventListener("case", (event) => changed(...JSON.parse(event.data)));
        source.addEventListener("missed", () => changed());
      }
    };
    document.addEventListener("visibilitychange", () => {
      const back = !document.hidden && !source;
      listen();
      if (back && watched && watched.dataset.live === "*") renew();
    });
    window.addEventListener("pagehide", () => source && source.close());
    listen();
  }

  // What is left until an instant, to the second. Looked up each time: a renewed part has new elements.
  const two = (n) => String(n).padStart(2, "0");
  const count = () => document.querySelectorAll("time[data-countdown]").forEach((time) => {
    const left = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
    const n = Math.abs(left);
    const days = Math.floor(n / 86400);
    const text = `${days ? `${days} j ` : ""}${two(Math.floor(n / 3600) % 24)}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;
    time.textContent = (left < 0 ? time.dataset.late : time.dataset.left).replace("{t}", document.documentElement.lang === "en" ? text.replace(" j ", " d ") : text);
  });
  if (document.querySelector("time[data-countdown]")) {
    count();
    setInterval(count, 1000);
  }

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
    if (target.matches("input, select, textarea")) target.focus();
    else target.click();
  });
})();
