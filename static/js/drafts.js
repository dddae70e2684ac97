/* Drafts survive a killed page and a log-out: kept per user, ids and marks only (fields with data-keep), for 7 days. */
import { each } from "./each.js";

const KEEPS = 7 * 24 * 3600 * 1000;
const user = document.body.dataset.user ?? "";
const prefix = "draft:";
const SENT = "draft-sent";

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function save(name, values) {
  try {
    localStorage.setItem(`${prefix}${user}:${name}`, JSON.stringify({ at: Date.now(), values }));
  } catch {
    /* a full or forbidden storage loses only the convenience */
  }
}

export function load(name) {
  return read(`${prefix}${user}:${name}`)?.values ?? null;
}

export function drop(name) {
  localStorage.removeItem(`${prefix}${user}:${name}`);
}

function sweep() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix) && Date.now() - (read(key)?.at ?? 0) > KEEPS) localStorage.removeItem(key);
  }
}

const kept = (form) => [...form.elements].filter((field) => field.name && "keep" in field.dataset);

function values(form) {
  const found = {};
  for (const field of kept(form)) {
    const choice = field.type === "checkbox" || field.type === "radio";
    if (choice && !field.checked) continue;
    (found[field.name] ??= []).push(field.value);
  }
  return found;
}

function fill(form, saved) {
  for (const field of kept(form)) {
    const wanted = saved[field.name] ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else if (wanted.length) field.value = wanted[0];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/* A sent draft is dropped only when the next page, still signed in, is another one: a refusal or a log-out loses nothing. */
function dropSent() {
  const name = sessionStorage.getItem(SENT);
  if (!name || document.querySelector(`form[data-draft="${name}"]`)) return;
  sessionStorage.removeItem(SENT);
  drop(name);
}

if (user) {
  try {
    sweep();
  } catch {
    /* no storage, no drafts */
  }
  each("form[data-draft]", (form) => {
    const name = form.dataset.draft;
    const saved = load(name);
    if (saved) fill(form, saved);
    form.addEventListener("input", () => save(name, values(form)));
    form.addEventListener("change", () => save(name, values(form)));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, name));
  });
  dropSent();
}
