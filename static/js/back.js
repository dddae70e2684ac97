/* “Back to the page before” exists only where there is one. */
import { each } from "./each.js";

each("[data-back]", (button) => {
  if (history.length < 2) return;
  button.hidden = false;
  button.addEventListener("click", () => history.back());
});
