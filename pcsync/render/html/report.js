"use strict";
// Folds, filters, links and pictures of the report. Every text is in the page already, escaped; nothing is made of strings here.
// A collection's rows stand in its noscript until somebody opens, searches or prints it.

const root = document.documentElement;
const find = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
root.classList.add("js");

// ---- rows, built when they are looked at

const PAGE = 200; // rows of a collection that are shown before a button asks for more
const groups = all(".group").map((element) => ({ element, rows: null, box: null, limit: PAGE }));

function rowsOf(group) {
  if (group.rows) return group.rows;
  const folded = group.element.querySelector("noscript");
  const template = document.createElement("template");
  template.innerHTML = folded.textContent; // the report's own markup, as a browser without scripts reads it
  group.rows = [...template.content.children];
  group.box = document.createElement("div");
  folded.replaceWith(group.box);
  return group.rows;
}

function show(group) {
  const wanted = rowsOf(group).filter(matches);
  const shown = wanted.slice(0, group.limit);
  if (wanted.length > shown.length) shown.push(more(group, wanted.length - shown.length));
  if (!same(shown, [...group.box.children])) group.box.replaceChildren(...shown); // what stays keeps the focus
  rove();
}

function same(wanted, present) {
  return wanted.length === present.length && wanted.every((one, at) => one === present[at] || (one.className === "rest" && one.isEqualNode(present[at])));
}

function more(group, left) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rest";
  button.textContent = `Show ${Math.min(left, PAGE)} more of ${left.toLocaleString("en")}`;
  button.addEventListener("click", () => {
    const next = group.box.children.length - 1;
    group.limit += PAGE;
    show(group);
    group.box.children[next].firstElementChild.focus();
  });
  return button;
}

for (const group of groups) {
  group.element.addEventListener("toggle", () => { if (group.element.open) show(group); });
}

// ---- search and filters

const form = find("filters");
const search = find("search");
const texts = new WeakMap();
let words = [];
let chosen = {};

function textOf(row) {
  if (!texts.has(row)) texts.set(row, `${row.id} ${row.textContent}`.toLowerCase());
  return texts.get(row);
}

function matches(row) {
  const { action, risk, kind, ended } = row.dataset;
  const marks = (row.dataset.flags || "").split(" ");
  const fits = (name, value) => !chosen[name] || chosen[name].has(value);
  return fits("action", action) && fits("risk", risk) && fits("kind", kind) && fits("ended", ended)
    && (!chosen.flags || marks.some((mark) => chosen.flags.has(mark)))
    && words.every((word) => textOf(row).includes(word));
}

function narrowed() {
  return words.length > 0 || Object.keys(chosen).length > 0;
}

function filter() {
  words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  chosen = {};
  for (const box of all("input:checked", form)) (chosen[box.name.slice(3)] ||= new Set()).add(box.value);
  let count = 0;
  for (const group of groups) {
    const found = narrowed() ? rowsOf(group).filter(matches).length : 1;
    count += narrowed() ? found : 0;
    group.element.hidden = found === 0;
    group.limit = PAGE;
  }
  find("found").textContent = narrowed() ? `${count.toLocaleString("en")} ${count === 1 ? "change" : "changes"}` : "";
  unfold(count);
}

// What was found is opened while that is little; what is open already shows what is left of it.
function unfold(count) {
  let room = narrowed() && count <= 80;
  for (const { element } of groups) if (room && !element.hidden) element.open = true;
  for (const group of groups) if (group.element.open && !group.element.hidden) show(group);
}

if (form) {
  if (matchMedia("(max-width: 860px)").matches) form.querySelector(".choices").open = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
}

// ---- deep links

function aim() {
  let address = location.hash.slice(1);
  try { address = decodeURIComponent(address); } catch { /* a lone % is meant as one */ }
  if (!address || find(address)) return reveal(find(address), false);
  for (const group of groups) {
    const row = rowsOf(group).find((one) => one.id === address);
    if (row) return uncover(group, row);
  }
  return undefined;
}

function uncover(group, row) {
  if (!matches(row)) form.reset();
  words = [];
  chosen = {};
  group.element.hidden = false;
  group.limit = Math.max(group.limit, rowsOf(group).indexOf(row) + 1);
  group.element.open = true;
  show(group);
  reveal(row, true);
}

function reveal(element, scroll) {
  if (!element) return;
  if (element.matches("details")) element.open = true;
  for (let above = element.parentElement; above; above = above.parentElement) if (above.matches("details")) above.open = true;
  if (element.matches(".change")) {
    element.firstElementChild.focus({ preventScroll: true });
    scroll = true;
  }
  if (scroll) element.scrollIntoView({ block: "start" });
}

addEventListener("hashchange", aim);

// ---- the keyboard in the tree: arrows walk, right opens, left closes; one stop for Tab

const tree = find("tree");
const stops = () => all(".group:not([hidden]) > summary, .group[open]:not([hidden]) > div > .change > summary", tree);

function rove(current) {
  if (!tree) return;
  const summaries = stops();
  const kept = current || summaries.find((one) => one.tabIndex === 0 && one.dataset.roving) || summaries[0];
  for (const one of summaries) {
    one.dataset.roving = "1";
    one.tabIndex = one === kept ? 0 : -1;
  }
}

function walk(event) {
  const here = event.target.closest("summary");
  if (!here || !stops().includes(here) || event.ctrlKey || event.altKey || event.metaKey) return;
  const fold = here.parentElement;
  const summaries = stops();
  const at = summaries.indexOf(here);
  const goals = {
    ArrowDown: summaries[at + 1], ArrowUp: summaries[at - 1], Home: summaries[0], End: summaries.at(-1),
    ArrowRight: fold.open ? summaries[at + 1] : here,
    ArrowLeft: fold.open ? here : (fold.parentElement.closest(".group") || fold).firstElementChild,
  };
  if (!(event.key in goals)) return;
  event.preventDefault();
  if (event.key === "ArrowRight") unfolded(fold);
  if (event.key === "ArrowLeft") fold.open = false;
  if (goals[event.key]) goals[event.key].focus();
}

// Opened with its rows in it: the next key may come before the browser tells of the opening.
function unfolded(fold) {
  fold.open = true;
  const group = groups.find(({ element }) => element === fold);
  if (group) show(group);
}

if (tree) {
  tree.addEventListener("keydown", walk);
  tree.addEventListener("focusin", (event) => { if (event.target.dataset.roving) rove(event.target); });
}

addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input:not([type=checkbox]):not([type=range]), textarea");
  if (event.key === "/" && search && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
  }
});

// ---- pictures

function look(shot, view) {
  shot.dataset.view = view;
  for (const button of all("[data-mode]", shot)) button.setAttribute("aria-pressed", String(button.dataset.mode === view));
}

for (const shot of all(".shot")) {
  const slider = shot.querySelector(".slider");
  if (!slider) continue;
  slider.addEventListener("input", () => shot.querySelector(".stage").style.setProperty("--at", `${slider.value}%`));
  for (const button of all("[data-mode]", shot)) button.addEventListener("click", () => look(shot, button.dataset.mode));
  look(shot, "slide");
}

// ---- theme, digest, print

const theme = find("theme");
const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const named = () => theme.setAttribute("aria-pressed", String(dark()));
theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; named(); });
named();

const copy = find("copy");
if (copy) copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(find("digest").textContent);
    copy.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(find("digest"));
  }
});

let folded = [];
addEventListener("beforeprint", () => {
  for (const group of groups) {
    group.limit = Infinity;
    show(group);
  }
  folded = all("details:not([open])");
  for (const one of folded) one.open = true;
  for (const shot of all(".shot")) {
    shot.dataset.was = shot.dataset.view;
    shot.dataset.view = "pair";
  }
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
  for (const shot of all(".shot")) shot.dataset.view = shot.dataset.was;
});

for (const group of groups) if (group.element.open) show(group);
rove();
aim();
addEventListener("load", () => setTimeout(aim)); // the browser looks for the address itself meanwhile, and takes the focus away
