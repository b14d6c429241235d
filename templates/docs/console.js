
/* The console: a panel that connects, emits, and tells what comes. */
(() => {
  const { $, $$, make, copy, Socket, form } = window.page;
  const mode = document.documentElement.dataset.served;
  const panel = $("#console");
  if (!["console", "mock"].includes(mode) || !location.protocol.startsWith("http")) return;

  const opener = $(".open-console");
  const state = $(".state", panel);
  const [connect, emit, order] = ["connect", "emit", "order"].map((name) => $(`form.${name}`, panel));
  const log = $(".log", panel);
  const payload = emit.elements.payload;
  const fields = $(".fields", emit);
  const LOG_LENGTH = 500;
  const WORDS = { off: "not connected", connecting: "connecting…", connected: "connected",
    reconnecting: "reconnecting…", refused: "refused" };
  let socket;
  let editor = "form";
  let unread = "";
  let paused = false;
  let held = [];

  const toggle = (open) => {
    panel.hidden = !open;
    document.body.classList.toggle("with-console", open);
    opener.setAttribute("aria-expanded", String(open));
    (open ? panel : opener).focus();
  };
  opener.hidden = false;
  opener.addEventListener("click", () => toggle(panel.hidden));
  $(".close", panel).addEventListener("click", () => toggle(false));

  const section = () => $$(".namespace").find((it) => it.dataset.namespace === connect.elements.namespace.value);
  const articles = (kind) => $$(`article[data-kind=${kind}]`, section());
  const article = (name, kind) => articles(kind).find((it) => it.dataset.event === name);
  const options = (kind) => articles(kind).map((it) => make("option", { value: it.dataset.event }, it.dataset.event));
  const settings = () => $$(".with", connect).find((it) => it.dataset.namespace === connect.elements.namespace.value);
  const prefill = () => {
    const event = article(emit.elements.event.value, "emit");
    const block = event && $(".block.sent", event);
    emit.dataset.form = event?.dataset.form ?? "none";
    $(".what", emit).textContent = { tuple: "Arguments", none: "No payload" }[taken()] ?? "Payload";
    payload.value = block ? $("pre", block).textContent : "";
    payload.disabled = taken() === "none";
    edit();
  };
  /* The payload is what stands in its field as JSON: a form writes it there. */
  const edit = () => {
    const schema = article(emit.elements.event.value, "emit")?.dataset.payload;
    let made;
    try {
      made = schema && form(schema, JSON.parse(payload.value));
    } catch { /* what is not JSON stays there to be corrected */ }
    const shown = made && editor === "form" ? made : undefined;
    unread = "";
    problem("");
    fields.replaceChildren(...(shown ? [shown.element] : []));
    fields.oninput = () => {
      unread = "";
      try {
        payload.value = JSON.stringify(shown.read(), null, 2);
      } catch (wrong) {
        unread = wrong.message;
      }
      problem(unread);
    };
    fields.onclick = (event) => { if (event.target.closest("button")) fields.oninput(); };
    fields.hidden = !shown;
    payload.hidden = Boolean(shown);
    $(".editors", emit).hidden = taken() === "none";
    for (const button of $$("[data-editor]", emit)) {
      button.setAttribute("aria-pressed", String((button.dataset.editor === "form") === Boolean(shown)));
      button.disabled = button.dataset.editor === "form" && !made;
    }
  };
  for (const button of $$("[data-editor]", emit)) {
    button.addEventListener("click", () => { editor = button.dataset.editor; edit(); });
  }
  const taken = () => emit.dataset.form;
  const enter = () => {
    for (const part of $$(".with", connect)) part.hidden = part !== settings();
    emit.elements.event.replaceChildren(...options("emit"));
    order.elements.event.replaceChildren(...options("receive"));
    order.hidden = mode !== "mock" || !articles("receive").length;
    prefill();
    able();
  };
  const able = () => {
    const on = Boolean(socket?.connected);
    $("[type=submit]", emit).disabled = !on || !emit.elements.event.value;
    $(".leave", connect).hidden = !socket;
    $("[type=submit]", connect).hidden = Boolean(socket);
    connect.elements.namespace.disabled = Boolean(socket);
  };
  const problem = (text) => { $(".problem", emit).textContent = text; };

  /* -- the log: what comes is text, whatever it says */
  const shown = (value) => JSON.stringify(value, (_, item) =>
    item instanceof Uint8Array ? `‹${item.length} bytes›` : item, 1)?.replace(/\n */g, " ") ?? "";
  const matches = (entry) => entry.dataset.text.includes($(".filter", panel).value.toLowerCase());
  const write = (kind, name, args, extra = "") => {
    const values = args === undefined ? "" : args.map(shown).join(", ");
    const entry = make("li", { className: kind },
      make("time", {}, new Date().toTimeString().slice(0, 8)), " ",
      make("strong", {}, name), " ", make("small", {}, extra));
    if (values) entry.append(make("code", {}, values.length > 5000 ? `${values.slice(0, 5000)}…` : values));
    entry.dataset.text = `${name} ${values}`.toLowerCase().slice(0, 5000);
    if (paused) held.push(entry); else place(entry);
    if (held.length > LOG_LENGTH) held.shift();
    return entry;
  };
  const place = (entry) => {
    entry.hidden = !matches(entry);
    log.prepend(entry);
    while (log.children.length > LOG_LENGTH) log.lastElementChild.remove();
  };
  const answer = (entry, name, id) => {
    const blocks = $$(".block", article(name, "receive") ?? panel);
    const block = blocks.findLast((it) => !it.classList.contains("sent"));
    const text = make("textarea", { className: "mono", rows: 2, value: block ? $("pre", block).textContent : "null" });
    text.setAttribute("aria-label", `Answer to ${name}`);
    const send = make("button", { className: "button", type: "button" }, "Answer");
    send.addEventListener("click", () => {
      try {
        const value = JSON.parse(text.value);
        socket.answer(id, block?.dataset.form === "tuple" ? value : [value]);
        write("out", `answer to ${name}`, [value]);
        for (const part of [text, send]) part.remove();
      } catch (wrong) {
        problem(`This is not JSON: ${wrong.message}`);
      }
    });
    entry.append(text, send);
  };

  const tell = (kind, first, second, third) => {
    if (kind === "state") {
      const was = state.dataset.state;
      if (first === "off" && was === "refused") first = "refused";
      else state.textContent = WORDS[first] + (second ? `: ${second}` : "");
      state.dataset.state = first;
      if (first === "connected" || (first !== was && ["off", "refused", "reconnecting"].includes(first))) {
        write("note", state.textContent);
      }
      if (["off", "refused"].includes(first)) socket = undefined;
      able();
    } else if (kind === "event") {
      const entry = write("in", first, second);
      if (third !== undefined) answer(entry, first, third);
    } else {
      write("note", first);
    }
  };

  connect.elements.namespace.addEventListener("change", enter);
  connect.addEventListener("submit", (event) => {
    event.preventDefault();
    problem("");
    const part = settings();
    const query = new URLSearchParams($("[name=query]", part).value);
    let auth;
    try {
      const text = $("[name=auth]", part).value.trim();
      auth = text ? JSON.parse(text) : undefined;
    } catch (wrong) {
      write("note", `The auth payload is not JSON: ${wrong.message}`);
      return;
    }
    for (const input of $$("[data-key]", part)) {
      if (!input.value) continue;
      const bytes = new TextEncoder().encode(input.value);
      const value = "encoded" in input.dataset ? btoa(String.fromCharCode(...bytes)) : input.value;
      if (input.dataset.place === "query") query.set(input.dataset.key, value);
      else auth = { ...auth, [input.dataset.key]: value };
    }
    query.set("EIO", "4");
    query.set("transport", "websocket");
    const url = new URL(location.pathname.replace(/\/docs\/?$/, "") + panel.dataset.path + "/", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = query;
    state.dataset.state = "connecting";
    socket = new Socket(url.href, connect.elements.namespace.value, auth, tell);
    able();
  });
  $(".leave", connect).addEventListener("click", () => socket?.close());

  emit.elements.event.addEventListener("change", prefill);
  emit.addEventListener("submit", (event) => {
    event.preventDefault();
    problem("");
    const name = emit.elements.event.value;
    let args = [];
    try {
      if (unread) throw new Error(unread);
      if (taken() !== "none") args = JSON.parse(payload.value);
    } catch (wrong) {
      problem(`This is not JSON: ${wrong.message}`);
      return;
    }
    if (taken() === "single") args = [args];
    if (!Array.isArray(args)) {
      problem("Several arguments are written as an array");
      return;
    }
    write("out", name, args);
    const start = performance.now();
    const answered = (values) => {
      const latency = `${(performance.now() - start).toFixed(1)} ms`;
      const wrong = values.length === 1 && typeof values[0]?.error?.code === "string" ? values[0].error : null;
      write(wrong ? "bad" : "ack", `answer to ${name}`, values, latency);
      if (wrong) problem(`${wrong.code}: ${wrong.message}${wrong.path ? ` (at ${wrong.path})` : ""}`);
    };
    try {
      socket.emit(name, args, emit.elements.ack.checked ? answered : undefined);
    } catch (wrong) {
      problem(`This cannot be sent: ${wrong.message}`);
    }
  });

  /* what a mock can be told */
  const tellMock = async (what, body) => {
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch(`/_mock/${what}`, { method: "POST", body: JSON.stringify(body), headers });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) return said;
      const why = typeof said.error === "string" ? said.error : said.error?.message;
      write("bad", "the mock refuses", undefined, why ?? String(answer.status));
    } catch (wrong) {
      write("bad", "the mock does not answer", undefined, wrong.message);
    }
    return undefined;
  };
  order.addEventListener("submit", (event) => {
    event.preventDefault();
    tellMock("emit", { namespace: connect.elements.namespace.value, event: order.elements.event.value });
  });
  $(".halt", order).addEventListener("click", async ({ currentTarget }) => {
    const halt = currentTarget.getAttribute("aria-pressed") !== "true";
    if (!await tellMock(halt ? "pause" : "resume", {})) return;
    currentTarget.setAttribute("aria-pressed", String(halt));
    write("note", halt ? "The mock no longer emits by itself" : "The mock emits again");
  });

  $(".filter", panel).addEventListener("input", () => {
    for (const entry of log.children) entry.hidden = !matches(entry);
  });
  $(".pause", panel).addEventListener("click", ({ currentTarget }) => {
    paused = !paused;
    currentTarget.setAttribute("aria-pressed", String(paused));
    currentTarget.textContent = paused ? "Go on" : "Pause";
    if (!paused) { held.forEach(place); held = []; }
  });
  $(".clear", panel).addEventListener("click", () => { held = []; log.replaceChildren(); });
  $(".copy", panel).addEventListener("click", () => copy([...log.children]
    .filter((entry) => !entry.hidden).map((entry) => entry.innerText.replace(/\s+/g, " ")).reverse().join("\n")));

  /* "Try" beside the example of each event */
  document.addEventListener("ready", ({ target }) => {
    if (target.dataset.kind !== "emit") return;
    const cap = $(".block.sent .cap", target);
    const button = make("button", { type: "button", className: cap ? "try" : "button" }, "Try it");
    button.addEventListener("click", () => {
      if (!socket) connect.elements.namespace.value = target.closest(".namespace").dataset.namespace;
      if (panel.hidden) toggle(true);
      enter();
      emit.elements.event.value = target.dataset.event;
      prefill();
      able();
    });
    (cap ?? $(".call", target)).append(button);
  });
  enter();
})();
