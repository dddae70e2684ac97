/* Runs a function once on every element that matches, now and in whatever htmx brings in later. */
export function each(selector, act) {
  const done = new WeakSet();
  const once = (element) => {
    if (done.has(element)) return;
    done.add(element);
    act(element);
  };
  const within = (root) => {
    if (root.matches?.(selector)) once(root);
    root.querySelectorAll(selector).forEach(once);
  };
  within(document);
  document.addEventListener("htmx:load", (event) => within(event.detail.elt));
}
