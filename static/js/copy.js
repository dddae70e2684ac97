/* <button data-copy="#sentence" data-copied="Copied"> puts the text of an element on the clipboard and says so. */
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
  const text = (source?.value ?? source?.textContent ?? "").replace(/\s+/g, " ").trim();
  await copied(text);
  if (!button.dataset.copied) return;
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => {
    button.textContent = before;
  }, 2500);
});
