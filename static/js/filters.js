/* With scripts on, the filter bar answers by itself: its button is not needed. */
import { each } from "./each.js";

each("[data-filters]", (form) => {
  if (window.htmx) form.setAttribute("data-live", "");
});
