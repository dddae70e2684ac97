// Roll call on a phone: the whole class in one tap, exceptions by tapping a name, nothing lost without a network.
// The <select> of each pupil stays the one source of truth; the buttons only set it. Without this file the plain form works.
// What is kept on the device: ids, marks, times and the request key. Never a name.

import { drop, load, save } from "./drafts.js";

const NEXT = { present: "absent", absent: "late" }; // anything else goes to present
const HOLD = 500; // ms of a long press
const RETRY = 20000; // ms that an attempt may take, and between attempts while the roll waits to be sent

function start(form) {
  const say = (name, facts = {}) =>
    Object.entries(facts).reduce((text, [k, v]) => text.replaceAll(`{${k}}`, v), form.dataset[name] || "");
  const cells = [...form.querySelectorAll("[data-pupil]")].map((item) => new Cell(item, say));
  const status = form.querySelector("[data-roll-status]");
  const strip = document.querySelector("[data-roll-strip]");
  const dialog = form.querySelector("dialog");
  const all = form.querySelector("[data-all-present]");
  const ask = form.querySelector("[data-ask]");
  if (all) all.dataset.everyone = all.textContent;
  const choices = new Choices(form.querySelector("[data-roll-choices]"), changed);
  const store = new Draft(`roll:${form.dataset.booking}`);
  let sending = false;
  let heard = 0;

  // — the page as it stands —
  function count(mark) { return cells.filter((cell) => cell.mark === mark).length; }

  function redraw() {
    cells.forEach((cell) => cell.draw());
    form.querySelectorAll("[data-count]").forEach((figure) => { figure.textContent = count(figure.dataset.count); });
    const open = count("");
    form.classList.toggle("has-open", open > 0);
    form.querySelectorAll("[data-when-open]").forEach((part) => { part.hidden = open === 0; });
    form.querySelectorAll("[data-when-called]").forEach((part) => { part.hidden = open > 0; });
    ask?.classList.toggle("button--primary", open === 0);
    ask?.classList.toggle("button--secondary", open > 0);
    if (all) all.textContent = open === cells.length ? all.dataset.everyone : say("sayOthers", { n: open });
    choices.draw();
  }

  function summary() {
    const parts = [...form.querySelectorAll("[data-count]")]
      .filter((figure) => figure.dataset.count !== "present" && count(figure.dataset.count) > 0)
      .map((figure) => form.dataset.comma + figure.dataset.phrase.replace("{n}", count(figure.dataset.count)));
    if (!cells.length) return say("sayHeads", { heads: form.elements.heads.value });
    return say("saySummary", { expected: cells.length, present: count("present"), rest: parts.join("") });
  }

  // — the draft on the device —
  function changed() {
    redraw();
    keep(false);
    tell(say("sayKept"));
  }

  function keep(queued, step = "send") {
    const kept = store.write({
      key: form.elements.request_key.value,
      marked_at: queued ? store.read()?.marked_at || new Date().toISOString() : new Date().toISOString(),
      marks: Object.fromEntries(cells.map((cell) => [cell.id, [cell.mark, cell.sheet ? 1 : 0]])),
      heads: form.elements.heads?.value,
      queued, step,
    });
    if (!kept) tell(say("sayNotKept"));
  }

  function restore() {
    const draft = store.read();
    if (!draft) return;
    form.elements.request_key.value = draft.key;
    cells.forEach((cell) => {
      const [mark, sheet] = draft.marks[cell.id] || [cell.mark, cell.sheet];
      cell.set(mark, Boolean(sheet));
    });
    if (form.elements.heads && draft.heads) form.elements.heads.value = draft.heads;
    tell(say("sayRestored"));
    if (draft.queued) deliver();
  }

  // — sending, once, when there is a network —
  async function deliver() {
    const draft = store.read();
    if (!draft?.queued || sending) return;
    sending = true;
    form.setAttribute("aria-busy", "true");
    const body = new FormData(form);
    body.set("step", draft.step);
    body.set("request_key", draft.key);
    body.set("marked_at", draft.marked_at);
    const beat = ++heard;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" }, redirect: "follow",
        signal: AbortSignal.timeout(RETRY),
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error("later");
      const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
      if (!isOurs) return refuse(say("saySignIn"), true); // a sign-in page or a stale token: the marks stay here
      const told = await answer.json();
      if (!answer.ok) return refuse(told.sentence, false);
      store.drop();
      online(true);
      tell(told.sentence);
      location.assign(told.next);
    } catch {
      online(false);
      if (beat === heard) setTimeout(deliver, RETRY);
    } finally {
      sending = false;
      form.removeAttribute("aria-busy");
    }
  }

  function refuse(sentence, stillQueued) {
    keep(stillQueued, store.read()?.step);
    const alert = form.querySelector("[data-roll-alert]");
    alert.querySelector("p").textContent = sentence;
    alert.querySelector("a").hidden = !stillQueued;
    alert.hidden = false;
    alert.scrollIntoView({ block: "center" });
  }

  function online(yes) {
    const waiting = store.read()?.queued;
    strip.hidden = yes && !waiting;
    strip.textContent = yes ? say("saySending") : say(waiting ? "sayWaiting" : "sayOffline");
  }

  function tell(text) { if (status.textContent !== text) status.textContent = text; }

  // — hands —
  form.classList.add("is-live");
  form.querySelectorAll("[data-live]").forEach((part) => { part.hidden = false; });
  cells.forEach((cell) => {
    cell.onTap = () => { if (sending) return; cell.set(NEXT[cell.mark] || "present", cell.sheet); choices.show(cell); changed(); };
    cell.onMenu = () => { choices.show(cell); choices.focus(); };
    cell.onArrow = (step) => cells[cells.indexOf(cell) + step]?.button.focus();
    cell.columns = () => cells.filter((other) => other.item.offsetTop === cells[0].item.offsetTop).length;
  });
  all?.addEventListener("click", (event) => {
    event.preventDefault();
    cells.filter((cell) => cell.mark === "").forEach((cell) => cell.set("present", cell.sheet));
    changed();
    ask?.focus({ preventScroll: true });
  });
  form.querySelector("[data-undo]")?.addEventListener("click", () => {
    cells.forEach((cell) => cell.set("", cell.sheet));
    changed();
  });
  form.querySelector("[data-all-sheets]")?.addEventListener("change", (event) => {
    cells.forEach((cell) => cell.set(cell.mark, event.target.checked && cell.isHere));
    changed();
  });
  form.addEventListener("input", (event) => { if (event.target.name === "heads") changed(); });
  form.addEventListener("submit", (event) => {
    const step = event.submitter?.value;
    event.preventDefault();
    if (!form.reportValidity()) return;
    if (step === "check") {
      dialog.querySelector("[data-summary]").textContent = summary();
      dialog.showModal();
      return;
    }
    dialog.close();
    keep(true, step);
    online(navigator.onLine);
    deliver();
  });
  dialog.querySelector("[data-back]").addEventListener("click", () => dialog.close());
  addEventListener("online", () => { online(true); deliver(); });
  addEventListener("offline", () => online(false));
  addEventListener("storage", () => { restore(); redraw(); }); // the same roll in another tab
  document.addEventListener("visibilitychange", () => { if (!document.hidden) deliver(); });

  restore();
  redraw();
  online(navigator.onLine);
}

// One pupil: a button over the plain fields.
class Cell {
  constructor(item, say) {
    this.item = item;
    this.id = item.dataset.pupil;
    this.select = item.querySelector("select");
    this.box = item.querySelector("input[type=checkbox]");
    this.name = item.querySelector("[data-name]").textContent.trim();
    this.number = item.querySelector("[data-number]")?.textContent.trim() || "";
    this.say = say;
    this.words = Object.fromEntries([...this.select.options].map((option) => [option.value, option.text]));
    this.button = this.makeButton();
  }

  get mark() { return this.select.value; }
  get sheet() { return this.box?.checked || false; }
  get isHere() { return ["present", "late", "left_early"].includes(this.mark); }

  set(mark, sheet) {
    this.select.value = mark;
    if (this.box) this.box.checked = sheet && this.isHere;
  }

  makeButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "roll-cell";
    button.append(...["roll-name", "roll-state"].map((name) => Object.assign(document.createElement("span"), { className: name })));
    button.firstChild.lang = "zh-Hans";
    this.item.prepend(button);
    let held = null;
    let wasHeld = false;
    const let_go = () => clearTimeout(held);
    button.addEventListener("pointerdown", () => { wasHeld = false; held = setTimeout(() => { wasHeld = true; this.onMenu(); }, HOLD); });
    ["pointerup", "pointerleave", "pointercancel"].forEach((kind) => button.addEventListener(kind, let_go));
    button.addEventListener("click", () => { if (!wasHeld) this.onTap(); wasHeld = false; });
    button.addEventListener("contextmenu", (event) => { event.preventDefault(); let_go(); wasHeld = wasHeld || event.pointerType === "touch"; this.onMenu(); });
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns(), ArrowUp: -this.columns() }[event.key];
      if (!step) return;
      event.preventDefault();
      this.onArrow(step);
    });
    return button;
  }

  draw() {
    const [name, state] = this.button.children;
    const word = this.words[this.mark];
    this.item.dataset.mark = this.mark;
    name.textContent = this.name;
    state.textContent = [this.number, this.mark ? word : "", this.sheet ? this.say("wordSheet") : ""].filter(Boolean).join(" ");
    this.button.setAttribute("aria-label", [this.name, this.number && this.say("wordNumber", { n: this.number }), word,
      this.sheet && this.say("wordSheetIn")].filter(Boolean).join(this.say("comma")));
  }
}

// The row of choices for the pupil touched last: every mark, and the task sheet.
class Choices {
  constructor(box, changed) {
    this.box = box;
    this.cell = null;
    if (!box) return;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || !this.cell) return;
      if (button.dataset.set) this.cell.set(button.dataset.set, this.cell.sheet);
      if ("sheet" in button.dataset) this.cell.set(this.cell.mark || "present", !this.cell.sheet);
      const cell = this.cell;
      if ("close" in button.dataset) this.hide(); else changed();
      if (event.detail === 0) cell.button.focus(); // chosen by keyboard: back to the name
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.cell?.button.focus();
      this.hide();
    });
  }

  show(cell) { this.cell = cell; this.box.hidden = false; this.draw(); }
  hide() { this.cell = null; this.box.hidden = true; }
  focus() { this.box.querySelector("[data-set]").focus(); }

  draw() {
    if (!this.cell) return;
    this.box.querySelector("[data-who]").textContent = this.cell.name;
    this.box.querySelectorAll("[data-set]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.set === this.cell.mark)));
    this.box.querySelector("[data-sheet]")?.setAttribute("aria-pressed", String(this.cell.sheet));
  }
}

// The draft of one roll by one user (static/js/drafts.js keeps it for 7 days); a page without storage still works.
class Draft {
  constructor(name) { this.name = name; }

  read() {
    try { return load(this.name); } catch { return null; }
  }

  write(draft) {
    save(this.name, draft);
    return this.read() !== null;
  }

  drop() {
    try { drop(this.name); } catch { /* nothing was kept */ }
  }
}

// The roll was sent: the draft of this very roll has done its work; marks of another one wait for their owner's word.
function settle(note) {
  const draft = new Draft(`roll:${note.dataset.rollSent}`);
  const kept = draft.read();
  if (kept?.key === note.dataset.rollKey) draft.drop();
  note.hidden = draft.read() === null;
  note.querySelector("button").addEventListener("click", () => { draft.drop(); note.hidden = true; });
}

const form = document.querySelector("form[data-roll]");
if (form) start(form);
const sent = document.querySelector("[data-roll-sent]");
if (sent) settle(sent);
