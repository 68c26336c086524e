// Reads the main part of the page with the browser's own voice, paragraph by paragraph, and marks the one being read.
const bar = document.querySelector("[data-aloud]");
const main = document.getElementById("main");
const synth = window.speechSynthesis;
const SILENT = "[aria-hidden=true], .trap, script, style, select, textarea, svg, [data-errors] a";
const LONGEST = 150; // some voices fall silent in longer pieces

// "zh-Hans" is what the page says, "zh-CN", "cmn" or "zh_CN" what voices call it.
const code = (words) => words.toLowerCase().replace("_", "-").replace("zh-hans", "zh-cn").replace(/^cmn(-cn)?$/, "zh-cn");
const voiceFor = (language) => {
  const voices = synth.getVoices();
  return voices.find((one) => code(one.lang) === code(language))
    ?? voices.find((one) => code(one.lang).split("-")[0] === code(language).split("-")[0]);
};

function blockOf(element) {
  const inline = (one) => /^(inline|contents)$/.test(getComputedStyle(one).display);
  while (element !== main && inline(element)) element = element.parentElement;
  return element;
}

function paragraphs() {
  const found = [];
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(SILENT) || !parent.getClientRects().length) continue;
    const block = blockOf(parent);
    const last = found[found.length - 1];
    if (last && last.block === block) last.words += ` ${node.data}`;
    else found.push({ block, words: node.data, language: parent.closest("[lang]").lang });
  }
  return found;
}

function pieces(words) {
  const made = [""];
  for (const sentence of words.replace(/\s+/g, " ").match(/.+?([。！？；，]+|[.!?;,](?=\s)|$)/g) ?? []) {
    if (made[made.length - 1].length + sentence.length > LONGEST) made.push("");
    made[made.length - 1] += sentence;
  }
  return made.filter((piece) => piece.trim());
}

function reader() {
  const go = bar.querySelector("[data-go]");
  const stop = bar.querySelector("[data-stop]");
  const said = bar.querySelector("[data-said]");
  const begin = go.textContent;
  let list = [], at = 0, turn = 0; // turn: what an older one still reports is not ours

  const mark = (block) => {
    document.querySelectorAll(".read").forEach((one) => one.classList.remove("read"));
    if (!block) return;
    block.classList.add("read");
    const { top, bottom } = block.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight - 100) block.scrollIntoView({ block: "center" });
  };
  const show = (words, on) => {
    go.textContent = words;
    stop.hidden = !on;
    bar.classList.toggle("on", on);
  };
  const hush = () => { turn += 1; synth.cancel(); };
  const end = (words = "") => {
    hush();
    [list, at] = [[], 0];
    mark(null);
    show(begin, false);
    said.textContent = words;
  };

  function read() {
    while (at < list.length && !list[at].block.isConnected) at += 1;
    if (at >= list.length) return end();
    const { block, words, language } = list[at];
    mark(block);
    const rest = pieces(words);
    const mine = turn;
    const next = () => {
      if (mine !== turn) return;
      if (!rest.length) { at += 1; read(); return; }
      const piece = new SpeechSynthesisUtterance(rest.shift());
      piece.lang = language === "zh-Hans" ? "zh-CN" : language;
      piece.voice = voiceFor(language) ?? null;
      piece.rate = 0.9;
      piece.onend = next;
      piece.onerror = () => { if (mine === turn) end(said.dataset.failed); };
      synth.speak(piece);
    };
    next();
  }

  go.addEventListener("click", () => {
    said.textContent = "";
    if (go.textContent === go.dataset.pause) { // not synth.pause(): on many telephones nothing goes on after it
      hush();
      show(go.dataset.again, true);
      return;
    }
    if (!list.length) list = paragraphs();
    hush();
    show(go.dataset.pause, true);
    read();
  });
  stop.addEventListener("click", () => { end(); go.focus(); });
  window.addEventListener("pagehide", () => hush());
}

if (bar && main && synth) {
  // Voices come late in some browsers, in others never: a button that does nothing is not shown.
  const offer = () => { bar.hidden = !voiceFor(document.documentElement.lang); };
  synth.cancel();
  reader();
  offer();
  synth.addEventListener?.("voiceschanged", offer);
}
