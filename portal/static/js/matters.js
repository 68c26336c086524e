// While somebody writes, show what is public about the same; the words go in the body of the question, never in a url.
// Without this module the button below the text asks the same.
const form = document.querySelector("form[data-look]");
const text = form?.querySelector("[name=text]");
const place = document.getElementById("matters");
const said = document.querySelector("[data-said]");
if (form && text && place) {
  let waiting = 0, asking = null, asked = "";
  form.querySelector("[data-look-button]")?.parentElement.remove();

  const look = async () => {
    const words = text.value.trim();
    if (words === asked) return;
    asked = words;
    asking?.abort();
    asking = new AbortController();
    const body = new FormData();
    body.append("text", words);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body, signal: asking.signal, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceChildren(...page.body.childNodes);
      if (said) said.textContent = place.querySelector("[data-count]")?.textContent ?? "";
    } catch {
      asked = "";
    }
  };

  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 900);
  });
}
