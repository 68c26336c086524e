// An area of the map chooses the project in the form; without this module its link does, by loading the page anew.
const map = document.querySelector("[data-map]");
const select = document.getElementById("id_project");
if (map && select) {
  const areas = [...map.querySelectorAll("[data-area]")];
  const mark = () => {
    for (const area of areas) {
      if (area.dataset.area === select.value) area.setAttribute("aria-current", "true");
      else area.removeAttribute("aria-current");
    }
  };
  map.addEventListener("click", (event) => {
    const area = event.target.closest("[data-area]");
    if (!area || ![...select.options].some((option) => option.value === area.dataset.area)) return;
    event.preventDefault();
    select.value = area.dataset.area;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.addEventListener("change", mark);
  mark();
}
