
"use strict";
/* The page: theme, contents, search, copy buttons, schemas as JSON. Text only ever becomes text. */
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const place = (hash) => {
    try { return decodeURIComponent(hash.slice(1)); } catch { return ""; }
  };
  const say = (text) => { $("#said").textContent = text; };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("Copied");
  };
  const keep = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch { /* not allowed here: then it is not kept */ }
    return null;
  };
  let bundle;
  /* what stands in the document at a JSON pointer */
  const pointed = (pointer) => {
    bundle ??= JSON.parse($("#document").textContent);
    return pointer.split("/").slice(1)
      .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce((node, key) => node?.[key], bundle);
  };
  window.page = { $, $$, make, copy, pointed };

  /* light and dark */
  const root = document.documentElement;
  const kept = keep("theme");
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  const theme = $(".theme");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const next = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    keep("theme", next);
    say(`${next} colours`);
  });

  /* contents */
  const side = $("#side");
  const menu = $(".menu");
  const toggle = (open) => {
    side.classList.toggle("open", open);
    menu.setAttribute("aria-expanded", String(open));
    if (open) side.focus();
  };
  menu.hidden = false;
  menu.addEventListener("click", () => toggle(!side.classList.contains("open")));
  side.addEventListener("click", (event) => { if (event.target.closest("a")) toggle(false); });
  document.addEventListener("click", (event) => {
    if (side.classList.contains("open") && !event.target.closest("#side, .menu")) toggle(false);
  });
  const links = new Map();
  for (const link of $$("#side a")) {
    const id = place(link.hash);
    if (!links.has(id)) links.set(id, link);
  }
  let current;
  const mark = (id) => {
    const link = links.get(id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    current = link;
    const box = side.getBoundingClientRect();
    const at = link.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) {
      side.scrollTop += at.top - box.top - box.height / 2;
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) mark(entry.target.id);
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const target of $$("main [id]")) if (links.has(target.id)) seen.observe(target);

  /* What comes into view is laid out only then, and moves the target of a link: it is held in its
     place until that is over. The back button leads to where its reader was, not to a heading. */
  let led = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  let frames = 0;
  const hold = (target) => {
    if (frames <= 0) return;
    frames -= 1;
    target.scrollIntoView();
    requestAnimationFrame(() => hold(target));
  };
  for (const moved of ["wheel", "touchstart", "keydown"]) {
    addEventListener(moved, () => { frames = 0; }, { passive: true });
  }
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href^='#']");
    if (link) led = link.hash !== location.hash;
  });
  /* A place may lie within something folded. */
  const arrive = () => {
    const target = document.getElementById(place(location.hash));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) mark(target.id);
    frames = target && led ? 12 : 0;
    led = false;
    if (target) requestAnimationFrame(() => hold(target));
  };
  addEventListener("hashchange", arrive);
  arrive();

  /* search */
  const input = $("#search");
  const results = $("#results");
  let index;
  let found = [];
  let chosen = -1;
  input.parentElement.hidden = false;
  const entries = () => {
    const all = [];
    for (const section of $$(".namespace")) {
      const name = section.dataset.namespace;
      const head = $(":scope > .cols", section);
      all.push(entry(section.id, name, $(".kind", head).textContent.toLowerCase(), fields(head), words(head)));
      for (const article of $$("article", section)) {
        const way = $(".way", article)?.textContent ?? "message";
        all.push(entry(article.id, article.dataset.event, `${way} in ${name}`, fields(article), words(article)));
      }
    }
    for (const article of $$(".schemes article, .schemas article")) {
      const kind = article.dataset.kind === "scheme" ? "security scheme" : "schema";
      all.push(entry(article.id, $("h3 code", article).textContent, kind, fields(article), words(article)));
    }
    return all;
  };
  const words = (root) => $$(".lead, .prose, .d, .tags", root).map((part) => part.textContent).join(" ");
  const fields = (root) => $$(".tree .n", root).map((field) => field.textContent).join(" ");
  const entry = (id, name, where, names, text) => ({
    id, name, where, fields: names, key: name.toLowerCase(), names: names.toLowerCase(),
    text: text.replace(/\s+/g, " ").toLowerCase(), shown: text.replace(/\s+/g, " "),
  });
  const score = (item, words) => {
    let sum = 0;
    for (const word of words) {
      if (item.key === word) sum += 100;
      else if (item.key.startsWith(word)) sum += 50;
      else if (item.key.includes(word)) sum += 30;
      else if (` ${item.names} `.includes(` ${word} `)) sum += 20;
      else if (item.names.includes(word)) sum += 10;
      else if (item.text.includes(word)) sum += 1;
      else return 0;
    }
    return sum;
  };
  const excerpt = (item, word) => {
    if (item.key.includes(word)) return item.where;
    const field = item.fields.split(" ").find((name) => name.toLowerCase().includes(word));
    if (field) return `${item.where} · field ${field}`;
    const at = item.text.indexOf(word);
    return at < 0 ? item.where : `${item.where} · …${item.shown.slice(Math.max(0, at - 25), at + 45)}…`;
  };
  const prepare = () => { index ??= entries(); };
  const search = () => {
    prepare();
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = [];
    if (words.length) {
      for (const item of index) {
        const value = score(item, words);
        if (value) found.push([value, item]);
      }
      found.sort((one, other) => other[0] - one[0]);
      found = found.slice(0, 40).map(([, item]) => item);
    }
    chosen = found.length ? 0 : -1;
    results.replaceChildren(...found.map((item, at) =>
      make("li", { id: `result-${at}` }, item.name, make("small", {}, excerpt(item, words[0])))));
    if (words.length && !found.length) results.append(make("li", { className: "none" }, "Nothing found"));
    for (const item of results.children) item.setAttribute("role", "option");
    show(words.length > 0);
  };
  const show = (open) => {
    results.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    [...results.children].forEach((item, at) => {
      item.setAttribute("aria-selected", String(at === chosen));
      if (at === chosen) item.scrollIntoView({ block: "nearest" });
    });
    if (open && chosen >= 0) input.setAttribute("aria-activedescendant", `result-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  };
  const go = (at) => {
    if (!found[at]) return;
    show(false);
    input.blur();
    led = location.hash !== `#${found[at].id}`;
    location.hash = found[at].id;
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", () => { prepare(); if (input.value) search(); });
  window.requestIdleCallback?.(prepare);
  input.addEventListener("blur", () => show(false));
  results.addEventListener("mousedown", (event) => {
    event.preventDefault();
    go([...results.children].indexOf(event.target.closest("li")));
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      event.preventDefault();
      chosen = (chosen + step + found.length) % found.length;
      show(true);
    } else if (event.key === "Enter") {
      go(chosen);
    } else if (event.key === "Escape") {
      if (results.hidden) input.value = "";
      show(false);
      input.blur();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("open")) { toggle(false); menu.focus(); }
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  /* JSON in colours, made of text nodes */
  const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g;
  const colour = (code) => {
    const text = code.textContent;
    if (text.length > 20000) return;
    const parts = [];
    let at = 0;
    for (const match of text.matchAll(token)) {
      parts.push(text.slice(at, match.index));
      const [all, string, colon] = match;
      const name = string === undefined ? "v" : colon === undefined ? "s" : "k";
      parts.push(make("span", { className: name }, string ?? all), colon ?? "");
      at = match.index + all.length;
    }
    code.replaceChildren(...parts, text.slice(at));
  };
  window.page.colour = colour;

  /* buttons: made where they come into view, since a large page has thousands of places */
  const button = (text, action) => {
    const made = make("button", { type: "button" }, text);
    made.addEventListener("click", () => action(made));
    return made;
  };
  const copier = (text) => button("Copy", (made) => {
    copy(text());
    made.textContent = "Copied";
    setTimeout(() => { made.textContent = "Copy"; }, 1500);
  });
  const schemaTools = (tree) => {
    const tools = make("div", { className: "tools" });
    const folds = $$("details", tree);
    if (folds.length) {
      tools.append(button("Collapse", (made) => {
        const open = !folds.some((fold) => fold.open);
        for (const fold of folds) fold.open = open;
        made.textContent = open ? "Collapse" : "Expand";
      }));
    }
    if (tree.dataset.schema) {
      let shown;
      const toggle = button("JSON Schema", (made) => {
        if (shown) { shown.remove(); shown = undefined; } else {
          const code = make("code", {}, JSON.stringify(pointed(tree.dataset.schema), null, 2));
          colour(code);
          shown = make("pre", { tabIndex: 0 }, code);
          tree.append(shown);
        }
        made.setAttribute("aria-pressed", String(Boolean(shown)));
      });
      toggle.setAttribute("aria-pressed", "false");
      toggle.title = "Show the JSON Schema";
      tools.append(toggle, copier(() => JSON.stringify(pointed(tree.dataset.schema), null, 2)));
    }
    tree.append(tools);
  };
  const ready = (part) => {
    for (const block of $$(".block", part)) {
      const code = $("code", $("pre", block));
      const text = code.textContent;
      if (block.dataset.form) colour(code);
      $(".cap", block).append(copier(() => text));
    }
    for (const tree of $$(".tree", part)) schemaTools(tree);
    for (const tabs of $$(".tabs", part)) languages(tabs);
    part.dispatchEvent(new CustomEvent("ready", { bubbles: true }));
  };
  /* one language at a time, the same one in all places */
  const languages = (tabs) => {
    const blocks = $$(".block", tabs);
    for (const block of blocks) {
      const cap = $(".cap", block);
      cap.prepend(...blocks.map((other) => {
        const name = other.dataset.tab;
        const made = button(name, () => choose(name));
        made.dataset.choose = name;
        made.className = "pick";
        return made;
      }));
      cap.childNodes.forEach((node) => { if (node.nodeType === 3) node.remove(); });
    }
    choose(keep("language") || blocks[0].dataset.tab, true);
  };
  const choose = (name, quiet) => {
    const known = $$(".tabs .block").some((block) => block.dataset.tab === name);
    for (const block of $$(".tabs .block")) block.hidden = known && block.dataset.tab !== name;
    for (const made of $$("[data-choose]")) made.setAttribute("aria-pressed", String(made.dataset.choose === name));
    if (!quiet) {
      keep("language", name);
      $(`.block:not([hidden]) [data-choose="${name}"]`, document.activeElement.closest(".tabs") ?? document)?.focus();
    }
  };
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) { near.unobserve(target); ready(target); }
    }
  }, { rootMargin: "400px" });
  for (const part of $$("article, .namespace > .cols, .errors")) near.observe(part);
})();
