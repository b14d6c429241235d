
/* Socket.IO 5 over Engine.IO 4, by websocket alone. */
(() => {
  const { $, $$, make, copy } = window.page;
  const [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK] = "0123456";
  const [OPEN, CLOSE, PING, PONG, MESSAGE] = "01234";
  const isBytes = (value) => value && Object.keys(value).length === 1 && typeof value.$bytes === "string";

  /** A value with its bytes taken out, as placeholders stand for them. */
  const takeOut = (value, found) => {
    if (Array.isArray(value)) return value.map((item) => takeOut(item, found));
    if (value === null || typeof value !== "object") return value;
    if (isBytes(value)) {
      found.push(Uint8Array.from(atob(value.$bytes), (char) => char.charCodeAt(0)));
      return { _placeholder: true, num: found.length - 1 };
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, takeOut(item, found)]));
  };

  /** A value with its bytes put in. */
  const putIn = (value, found) => {
    if (Array.isArray(value)) return value.map((item) => putIn(item, found));
    if (value === null || typeof value !== "object") return value;
    if (value._placeholder === true && Number.isInteger(value.num)) return found[value.num];
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, putIn(item, found)]));
  };

  /** [type, attachments, id, data] of a packet of this namespace, else null. */
  const parse = (text, namespace) => {
    const parts = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),)?(\d+)?/.exec(text);
    if (!parts || (parts[3] ?? "/") !== namespace) return null;
    const [all, type, attachments, , id] = parts;
    const rest = text.slice(all.length);
    return { type, attachments: Number(attachments ?? 0), id, data: rest ? JSON.parse(rest) : undefined };
  };

  /** One connection to one namespace. `tell(kind, …)` hears of everything. */
  class Socket {
    constructor(url, namespace, auth, tell) {
      Object.assign(this, { url, namespace, auth, tell, wanted: true, tries: 0, waiting: new Map(), next: 0 });
      this.open();
    }

    open() {
      this.tell("state", this.tries ? "reconnecting" : "connecting");
      this.web = new WebSocket(this.url);
      this.web.binaryType = "arraybuffer";
      this.web.onmessage = ({ data }) => {
        try {
          if (typeof data === "string") this.packet(data[0], data.slice(1));
          else this.attachment(data);
        } catch (problem) {
          this.tell("note", `A packet that cannot be read: ${problem.message}`);
        }
      };
      this.web.onclose = () => this.closed();
    }

    packet(type, rest) {
      this.alive();
      if (type === OPEN) {
        const { pingInterval, pingTimeout } = JSON.parse(rest);
        this.patience = pingInterval + pingTimeout;
        this.alive();
        this.send(CONNECT, undefined, this.auth);
      } else if (type === PING) {
        this.web.send(PONG + rest);
      } else if (type === CLOSE) {
        this.web.close();
      } else if (type === MESSAGE) {
        this.partial = undefined;
        const packet = parse(rest, this.namespace);
        if (packet?.attachments) this.partial = { ...packet, found: [] };
        else if (packet) this.message(packet);
      }
    }

    attachment(data) {
      const partial = this.partial;
      if (!partial) return;
      partial.found.push(new Uint8Array(data));
      if (partial.found.length < partial.attachments) return;
      this.partial = undefined;
      this.message({ ...partial, data: putIn(partial.data, partial.found) });
    }

    message({ type, id, data }) {
      if (type === CONNECT) {
        this.tries = 0;
        this.connected = true;
        this.tell("state", "connected");
      } else if (type === CONNECT_ERROR) {
        this.wanted = false;
        this.tell("state", "refused", data?.message ?? "");
        this.web.close();
      } else if (type === DISCONNECT) {
        this.wanted = false;
        this.tell("note", "The server has disconnected this client");
        this.web.close();
      } else if (type === EVENT || type === BINARY_EVENT) {
        this.tell("event", data[0], data.slice(1), id);
      } else if (type === ACK || type === BINARY_ACK) {
        this.waiting.get(id)?.(data);
        this.waiting.delete(id);
      }
    }

    /* A server that has not been heard of for this long is gone. */
    alive() {
      clearTimeout(this.timer);
      if (this.patience) this.timer = setTimeout(() => { this.web.close(); this.closed(); }, this.patience);
    }

    closed() {
      if (this.web.onclose === null) return;
      clearTimeout(this.timer);
      this.web.onmessage = this.web.onclose = null;
      this.connected = false;
      this.partial = undefined;
      this.waiting.clear();
      if (!this.wanted) {
        this.tell("state", "off");
        return;
      }
      this.tries += 1;
      this.tell("state", "reconnecting");
      this.again = setTimeout(() => this.open(), Math.min(500 * 2 ** (this.tries - 1), 5000));
    }

    send(type, id, data) {
      const found = [];
      const body = data === undefined ? "" : JSON.stringify(takeOut(data, found));
      const kind = found.length ? String(Number(type) + 3) : type;
      const count = found.length ? `${found.length}-` : "";
      const where = this.namespace === "/" ? "" : `${this.namespace},`;
      this.web.send(`${MESSAGE}${kind}${count}${where}${id ?? ""}${body}`);
      for (const bytes of found) this.web.send(bytes);
    }

    emit(event, args, answered) {
      let id;
      if (answered) {
        this.next += 1;
        id = String(this.next);
        this.waiting.set(id, answered);
      }
      this.send(EVENT, id, [event, ...args]);
    }

    answer(id, args) { this.send(ACK, id, args); }

    close() {
      this.wanted = false;
      clearTimeout(this.again);
      if (this.connected) this.send(DISCONNECT);
      this.web.close();
      this.closed();
    }
  }

  /* -- the panel */
  const mode = document.documentElement.dataset.served;
  const panel = $("#console");
  if (!["console", "mock"].includes(mode) || !location.protocol.startsWith("http")) return;

  const opener = $(".open-console");
  const state = $(".state", panel);
  const [connect, emit, order] = ["connect", "emit", "order"].map((name) => $(`form.${name}`, panel));
  const log = $(".log", panel);
  const LOG_LENGTH = 500;
  const WORDS = { off: "not connected", connecting: "connecting…", connected: "connected",
    reconnecting: "reconnecting…", refused: "refused" };
  let socket;
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
    const block = $(".block.sent", article(emit.elements.event.value, "emit") ?? document.createElement("p"));
    const form = block?.dataset.form ?? "none";
    emit.dataset.form = form;
    $(".what", emit).textContent = { tuple: "Arguments, as an array", none: "No payload" }[form] ?? "Payload";
    emit.elements.payload.value = block ? $("pre", block).textContent : "";
    emit.elements.payload.disabled = form === "none";
    problem("");
  };
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
      if (emit.dataset.form !== "none") args = JSON.parse(emit.elements.payload.value);
    } catch (wrong) {
      problem(`This is not JSON: ${wrong.message}`);
      return;
    }
    if (emit.dataset.form === "single") args = [args];
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

  order.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = JSON.stringify({ namespace: connect.elements.namespace.value, event: order.elements.event.value });
    const headers = { "Content-Type": "application/json" };
    try {
      const answer = await fetch("/_mock/emit", { method: "POST", body, headers });
      if (!answer.ok) write("note", `The server does not: ${await answer.text()}`);
    } catch (wrong) {
      write("note", `The server does not answer: ${wrong.message}`);
    }
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
