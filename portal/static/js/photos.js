// Photos are made smaller here before they are sent: less to send, and nothing of where they were taken. Without this
// module they are sent as they are and drawn again on the server.
for (const input of document.querySelectorAll("input[type=file][data-photos]")) {
  const side = Number(input.dataset.photos), most = Number(input.dataset.most), form = input.form;
  const list = document.createElement("ul");
  const note = document.createElement("p");
  list.className = "photos small";
  note.className = "bad-words";
  note.setAttribute("role", "status");
  input.after(list, note);
  let work = null;

  input.addEventListener("change", () => {
    const files = [...input.files];
    note.textContent = files.length > most ? input.dataset.many : "";
    work = Promise.all(files.map((file) => smaller(file, side))).then((made) => {
      const transfer = new DataTransfer();
      for (const file of made) transfer.items.add(file);
      input.files = transfer.files;
      show(list, made);
    }).catch(() => show(list, []));
    const mine = work;
    mine.then(() => { if (work === mine) work = null; });
  });

  // Whoever is faster than the machine waits a moment; then the same button is pressed for them.
  form?.addEventListener("submit", (event) => {
    if (!work || !input.files.length) return;
    event.preventDefault();
    const button = event.submitter;
    work.then(() => { work = null; form.requestSubmit(button); });
  });
}

async function smaller(file, side) {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type)) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return blob ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file;
}

function show(list, files) {
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...files.filter((file) => file.type.startsWith("image/")).map((file) => {
    const item = document.createElement("li"), image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = "";
    item.append(image, `${Math.max(1, Math.round(file.size / 1024))} KB`);
    return item;
  }));
}
