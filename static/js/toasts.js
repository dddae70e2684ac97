/* A toast stays eight seconds, longer while the pointer or the focus rests on it. */
import { each } from "./each.js";

const STAYS = 8000;

each("[data-toast]", (toast) => {
  let timer = setTimeout(() => toast.remove(), STAYS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    timer = setTimeout(() => toast.remove(), STAYS);
  };
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", release);
  toast.addEventListener("focusout", release);
});

/* After a failed submit the focus goes to the summary of errors. */
each("[data-focus]", (summary) => summary.focus());
