// A choice brings its usual words into the message, as long as nobody has typed their own.
const list = document.querySelector("[data-letters]");
const message = document.getElementById("id_message");
if (list && message) {
  const usual = new Map([...list.querySelectorAll("[data-letter]")].map((one) => [one.dataset.letter, one.textContent]));
  for (const choice of document.querySelectorAll(`[name="${list.dataset.letters}"]`)) {
    choice.addEventListener("change", () => {
      if (!message.value.trim() || [...usual.values()].includes(message.value)) message.value = usual.get(choice.value) ?? "";
    });
  }
}
