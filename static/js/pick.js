/* Once the group is chosen, the panel folds and the sessions come into view. */
for (const panel of document.querySelectorAll("[data-pick]")) {
  panel.querySelector("[data-done]")?.addEventListener("click", () => {
    panel.open = false;
    document.getElementById("results")?.scrollIntoView({ block: "start" });
  });
}
