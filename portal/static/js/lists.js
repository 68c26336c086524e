// Filters answer while one chooses; without this module the form's own button does the same.
const form = document.querySelector("form[data-filters]");
if (form) {
  const say = document.querySelector("[data-said]");
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const count = event.target.querySelector("[data-count]");
    if (say && count) say.textContent = count.textContent;
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
  });
}
