/* The bulk bar says how many are chosen and how many pupils they are; the form works without it. */
for (const form of document.querySelectorAll("form[data-bulk]")) {
  const said = form.querySelector("[data-bulk-said]");
  const tell = () => {
    const chosen = [...form.querySelectorAll("input[name=booking]:checked")];
    const pupils = chosen.reduce((sum, box) => sum + Number(box.dataset.pupils), 0);
    said.textContent = chosen.length
      ? said.dataset.some.replace("{n}", chosen.length).replace("{pupils}", pupils)
      : said.dataset.none;
  };
  const all = form.querySelector("[data-bulk-all]");
  if (all) {
    all.hidden = false;
    all.querySelector("input").addEventListener("change", (event) => {
      for (const box of form.querySelectorAll("input[name=booking]")) box.checked = event.target.checked;
    });
  }
  form.addEventListener("change", tell);
  tell();
}
