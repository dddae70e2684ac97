/* Warns two minutes before the idle log-out. Drafts stay; any request keeps the session. */
const minutes = Number(document.body.dataset.idleMinutes ?? 0);
const warning = document.getElementById("idle");

if (minutes && warning) {
  const dialogTime = Math.max(minutes - 2, minutes / 2) * 60000;
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => warning.showModal(), dialogTime);
  };
  start();
  document.addEventListener("htmx:afterRequest", start);
  warning.querySelector("[data-stay]").addEventListener("click", async () => {
    warning.close();
    const answer = await fetch(warning.dataset.ping, { method: "HEAD", redirect: "manual" });
    if (answer.ok) start();
    else location.reload();
  });
}
