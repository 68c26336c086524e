// The triage desk: an opinion opens beside the queue where there is room, and keys move, tick, open and decide.
// Everything is a link or a form without this module; keys are heard outside fields only, and can be switched off.
const desk = document.querySelector("[data-desk]");
const help = document.querySelector("[data-keys]");
const wide = matchMedia("(min-width: 992px)");
const STORE = "desk-keys";

const kept = () => { try { return localStorage.getItem(STORE); } catch { return null; } };
const keep = (value) => { try { localStorage.setItem(STORE, value); } catch { /* nothing is kept, then */ } };

const links = () => [...desk.querySelectorAll("#results [data-case]")];
const here = () => document.activeElement?.closest?.("[data-row]")?.querySelector("[data-case]")
  ?? desk.querySelector("#results [aria-current]");

function step(by) {
  const all = links();
  if (all.length) {
    const now = all.indexOf(here());
    all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + by))].focus();
  }
}

function tick() {
  const box = here()?.closest("[data-row]")?.querySelector("[type=checkbox]");
  if (box) { box.checked = !box.checked; count(); }
}

function count() {
  const form = desk.querySelector("[data-pick]");
  const badge = form?.querySelector("[data-picked]");
  if (badge) {
    const n = form.querySelectorAll("[name=opinion]:checked").length;
    badge.textContent = n;
    badge.hidden = !n;
    const page = form.querySelector("[data-page]");
    page.hidden = false;
    page.firstElementChild.checked = n > 0 && n === links().length;
  }
}

function act(key) {
  const link = /^[a-z]$/.test(key) && desk.querySelector(`#case [data-key="${key}"]`);
  if (link) link.click();
  return Boolean(link);
}

async function open(link) {
  await window.htmx.ajax("GET", link.href, { target: "#case", swap: "innerHTML" });
  for (const one of links()) {
    const same = one.pathname === link.pathname;
    one.toggleAttribute("aria-current", same);
    if (same) one.setAttribute("aria-current", "true");
    one.closest("[data-row]").classList.toggle("here", same);
  }
  const pane = desk.querySelector("#case");
  pane.scrollTop = 0;
  pane.focus({ preventScroll: true });
}

const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

function heard(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (help?.open || kept() === "off") return;
  const moves = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  const inList = event.target.closest("#results") || event.target === document.body;
  if (event.key === "?") help?.showModal();
  else if (event.key in moves && (event.key.length === 1 || inList)) step(moves[event.key]);
  else if (event.key === "x") tick();
  else if (!act(event.key)) return;
  event.preventDefault();
}

if (desk) {
  document.addEventListener("keydown", heard);
  document.body.addEventListener("htmx:afterSwap", count);
  desk.addEventListener("change", (event) => {
    if (event.target.closest("[data-page]"))
      for (const box of desk.querySelectorAll("#results [name=opinion]")) box.checked = event.target.checked;
    count();
  });
  count();
  desk.addEventListener("click", (event) => {
    const link = event.target.closest("[data-case]");
    if (!link || !wide.matches || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link);
  });
  const hint = document.querySelector("[data-keys-hint]");
  if (hint) hint.hidden = false;
  document.querySelector("[data-keys-open]")?.addEventListener("click", () => help?.showModal());
  const box = document.querySelector("[data-keys-on]");
  if (box) {
    box.checked = kept() !== "off";
    box.addEventListener("change", () => keep(box.checked ? "on" : "off"));
  }
}
