
/* Socket.IO 5 over Engine.IO 4, by websocket alone. */
(() => {
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

  window.page.Socket = Socket;
})();
