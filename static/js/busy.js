/* A request over 300 ms turns the button's text into its own verb and keeps its width; a second press does nothing. */
const PATIENCE = 300;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") form.dataset.sent = "yes";
  const button = event.submitter;
  if (!button?.dataset.busy) return;
  setTimeout(() => {
    const width = button.offsetWidth;
    button.textContent = button.dataset.busy;
    if (button.offsetWidth < width) button.setAttribute("data-wide", "");
  }, PATIENCE);
});

/* The browser's back button brings the page as it was left: let the form be sent again. */
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
