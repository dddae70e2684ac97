/* A confirmation that folds open in place becomes a dialog: the question as title, the two answers as buttons. */
import { each } from "./each.js";

each("[data-confirm]", (details) => {
  const form = details.querySelector("form");
  const dialog = document.createElement("dialog");
  const title = form.querySelector(".confirm__title");
  title.id ||= `confirm-${Math.random().toString(36).slice(2)}`;
  dialog.setAttribute("aria-labelledby", title.id);
  details.after(dialog);
  dialog.append(form);
  const keep = form.querySelector("[data-close]");
  keep.hidden = false;
  keep.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  details.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  // wrong answers are shown again; a fold opened before this script came stays open as the dialog
  if (details.open || form.querySelector(".field--wrong, [role=alert]")) dialog.showModal();
  details.open = false;
});
