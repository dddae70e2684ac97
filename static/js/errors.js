/* A live request that failed says so in the page; what was typed stays. */
document.addEventListener("htmx:responseError", () => document.getElementById("not-sent")?.removeAttribute("hidden"));
document.addEventListener("htmx:sendError", () => document.getElementById("not-sent")?.removeAttribute("hidden"));
document.addEventListener("htmx:afterSwap", () => document.getElementById("not-sent")?.setAttribute("hidden", ""));
