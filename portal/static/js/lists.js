// Filters answer while one chooses; without this module the form's own button does the same.
const form = document.querySelector("form[data-filters]");
if (form) {
  const say = document.querySelector("[data-said]");
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const count = event.target.querySelector("[data-count]");
    if (say && count) say.textContent = count.textContent;
  });
  // An answer that is no list (the database is away, somebody was signed out) is shown as the page it is.
  document.body.addEventListener("htmx:responseError", (event) => {
    const { pathInfo, requestConfig } = event.detail;
    if (requestConfig.verb === "get") location.assign(pathInfo.finalRequestPath ?? pathInfo.requestPath);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
}

// Rows to be ticked: how many are, and all on this page at once.
const results = document.getElementById("results");
const boxes = () => [...results.querySelectorAll("input[form=picks]")];
function count() {
  const picks = results?.querySelector("#picks");
  if (!picks) return;
  const n = boxes().filter((box) => box.checked).length;
  const badge = picks.querySelector("[data-picked]");
  badge.textContent = n;
  badge.hidden = !n;
  picks.elements.here.checked = n > 0 && n === boxes().length;
}
results?.addEventListener("change", (event) => {
  if (event.target.name === "here") for (const box of boxes()) box.checked = event.target.checked;
  count();
});
document.body.addEventListener("htmx:afterSwap", count);
count();
