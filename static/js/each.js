/* Runs a function on every element that matches, now and in whatever htmx brings in later. */
export function each(selector, act) {
  const within = (root) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll(selector).forEach(act);
  };
  within(document);
  document.addEventListener("htmx:load", (event) => within(event.detail.elt));
}
