// While somebody writes, a worker searches for a number: proof that this form cost a computer something. Nobody sees it, and
// without it (no WebCrypto on plain http) the form works just the same.
const field = document.querySelector("input[data-challenge]");
const HOUR = 60 * 60 * 1000;

async function prove() {
  const answer = await fetch(field.dataset.challenge, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const challenge = await answer.json();
  const worker = new Worker(field.dataset.worker);
  worker.addEventListener("message", ({ data: solution }) => {
    worker.terminate();
    if (solution?.derivedKey) field.value = btoa(JSON.stringify({ challenge, solution }));
  });
  worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1, timeout: 2 * HOUR });
}

const again = () => prove().catch(() => {});
if (field && window.isSecureContext && window.crypto?.subtle && window.Worker) {
  again();
  // A page left open, or come back to, proves it anew: a solution counts once, and for two hours.
  setInterval(again, HOUR);
  window.addEventListener("pageshow", (event) => event.persisted && again());
}
