// A stack of sheets by the number keys: a digit ticks the box with that number, 0 clears, Enter goes to the next question.
// Without this module the form is filled in like any other.
const sheet = document.querySelector("[data-sheet]");
if (sheet) {
  document.querySelector("[data-keys]").hidden = false;
  const stops = [...sheet.querySelectorAll("[data-first], fieldset, textarea")];
  const go = (stop) => (stop.matches("fieldset") ? stop.querySelector("input:checked, input") : stop).focus();

  function pick(fieldset, digit) {
    const boxes = [...fieldset.querySelectorAll("input")];
    if (digit === 0) boxes.forEach((box) => { box.checked = false; });
    else if (boxes[digit - 1]) {
      boxes[digit - 1].checked = !boxes[digit - 1].checked;
      boxes[digit - 1].focus();
    }
  }

  sheet.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const stop = event.target.closest("fieldset, textarea, [data-first]");
    if (!stop) return;
    if (stop.matches("fieldset") && /^[0-9]$/.test(event.key)) {
      event.preventDefault();
      pick(stop, Number(event.key));
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const next = stops[stops.indexOf(stop) + 1];
      if (next) go(next);
      else sheet.closest("form").requestSubmit();
    }
  });
  if (!document.querySelector("[data-errors]")) stops[0].focus();
}
