// What is written is kept by itself; without this module it is kept when the form is sent.
const version = document.querySelector("[data-keep]");
const form = version?.form;
const said = document.querySelector("[data-kept]");
const PAUSE = 1500;
let timer = 0;
let busy = false;
let changed = false;

async function keep() {
  clearTimeout(timer);
  if (!changed || busy) return;
  [busy, changed] = [true, false];
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  try {
    const answer = await fetch(version.dataset.keep, { method: "POST", body, keepalive: true });
    const told = await answer.json();
    if (answer.ok) version.value = told.version;
    if (said) said.textContent = told.said;
  } catch {
    changed = true; // no connection, or no answer that can be read: the next change tries again
  }
  busy = false;
  if (changed) timer = setTimeout(keep, PAUSE);
}

if (form) {
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => { changed = false; clearTimeout(timer); });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
}

// A text block goes where the cursor stands.
const blocks = document.getElementById("blocks");
if (blocks) {
  for (const area of document.querySelectorAll("textarea[data-blocks]")) {
    const bar = blocks.content.firstElementChild.cloneNode(true);
    const [label, list, button] = bar.children;
    list.id = `${area.id}-block`;
    label.htmlFor = list.id;
    button.addEventListener("click", () => {
      area.setRangeText(list.value, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    area.before(bar);
  }
}
