/* <button data-copy="#sentence"> puts the text of an element on the clipboard and says so. */
async function copied(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  /* A plain-http address in the district's network has no clipboard object. */
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const written = source?.value ?? source?.textContent ?? "";
  const text = source?.tagName === "PRE" ? written : written.replace(/\s+/g, " ").trim(); /* lines of a chat stay lines */
  await copied(text);
  say(button.dataset.copied ?? document.body.dataset.copied);
});

/* As a toast, which is a live region: seen and heard. */
function say(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = words;
  document.getElementById("toasts")?.append(toast);
  setTimeout(() => toast.remove(), 3000);
}
