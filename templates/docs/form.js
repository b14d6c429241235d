
/* A form for a JSON Schema; what fields cannot ask for is edited as JSON. */
(() => {
  const { make, pointed } = window.page;
  const MIXED = ["oneOf", "anyOf", "allOf", "not", "if", "patternProperties", "dependencies"];

  /** The schema, or the one that it refers to. */
  const follow = (schema) => {
    for (let steps = 0; typeof schema?.$ref === "string" && steps < 50; steps += 1) {
      schema = pointed(decodeURIComponent(schema.$ref.slice(1)));
    }
    return schema;
  };

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const has = (value, key) => Object.prototype.hasOwnProperty.call(value, key);

  /** Which field a schema asks for; "json" where none would do. */
  const kindOf = (schema) => {
    if (!isObject(schema) || MIXED.some((key) => has(schema, key))) return "json";
    if (has(schema, "const") || Array.isArray(schema.enum)) return "choice";
    const types = [schema.type ?? []].flat().filter((type) => type !== "null");
    const type = types.length ? types[0] : isObject(schema.properties) ? "object" : "";
    if (types.length > 1) return "json";
    if (schema.format === "binary") return "bytes";
    if (type === "object") return isObject(schema.properties) ? "object" : "json";
    if (type === "array") return isObject(schema.items) ? "array" : "json";
    return { string: "text", integer: "number", number: "number", boolean: "boolean" }[type] ?? "json";
  };

  /** Whether a field of this kind can show the value. */
  const fits = (kind, schema, value) => {
    if (value === undefined || kind === "json") return true;
    if (value === null && [schema.type].flat().includes("null")) return true;
    if (kind === "choice") return choices(schema).some((it) => JSON.stringify(it) === JSON.stringify(value));
    if (kind === "object") return isObject(value);
    if (kind === "array") return Array.isArray(value);
    if (kind === "bytes") return isObject(value) && typeof value.$bytes === "string";
    return typeof value === { text: "string", number: "number", boolean: "boolean" }[kind];
  };
  const choices = (schema) => (has(schema, "const") ? [schema.const] : schema.enum);

  /** A labelled control; `note` says what it takes. */
  const labelled = (name, note, control) => {
    const element = make("label", {}, make("span", {}, name, " ", make("small", {}, note)), control);
    return { element, control };
  };
  const noteOf = (schema, needed) => [
    [schema.type ?? []].flat().join(" or "), schema.format, needed ? "required" : "",
  ].filter(Boolean).join(", ");
  const select = (values, value, blank) => {
    const options = values.map((it, at) => make("option", { value: String(at) }, typeof it === "string" ? it : JSON.stringify(it)));
    const control = make("select", {}, ...(blank ? [make("option", { value: "" }, "–")] : []), ...options);
    const at = values.findIndex((it) => JSON.stringify(it) === JSON.stringify(value));
    control.value = at < 0 ? (blank ? "" : "0") : String(at);
    return control;
  };

  /* Each makes { element, read }; `read` gives undefined for what is left out. */
  const FIELDS = {
    choice: (name, schema, value, needed) => {
      const values = choices(schema);
      const { element, control } = labelled(name, noteOf(schema, needed), select(values, value, !needed));
      return { element, read: () => (control.value === "" ? undefined : values[Number(control.value)]) };
    },
    boolean: (name, schema, value, needed) => {
      const control = select([true, false], value, !needed);
      return { element: labelled(name, noteOf(schema, needed), control).element,
        read: () => (control.value === "" ? undefined : control.value === "0") };
    },
    text: (name, schema, value, needed) => {
      const long = schema.maxLength > 200 || value?.includes("\n");
      const control = make(long ? "textarea" : "input", { value: value ?? "", autocomplete: "off" });
      const empty = value === null ? null : needed ? "" : undefined;
      return { element: labelled(name, noteOf(schema, needed), control).element,
        read: () => (control.value === "" ? empty : control.value) };
    },
    number: (name, schema, value, needed) => {
      const control = make("input", { type: "number", step: "any", value: value ?? "" });
      return { element: labelled(name, noteOf(schema, needed), control).element,
        read: () => (control.value === "" ? (value === null ? null : undefined) : Number(control.value)) };
    },
    bytes: (name, schema, value, needed) => {
      const control = make("input", { className: "mono", value: value?.$bytes ?? "", autocomplete: "off" });
      return { element: labelled(name, `bytes in base64${needed ? ", required" : ""}`, control).element,
        read: () => (control.value === "" && !needed ? undefined : { $bytes: control.value }) };
    },
    json: (name, schema, value, needed) => {
      const text = value === undefined ? "" : JSON.stringify(value, null, 2);
      const control = make("textarea", { className: "mono", value: text, rows: 2, spellcheck: false });
      const read = () => {
        try {
          return control.value.trim() === "" ? undefined : JSON.parse(control.value);
        } catch {
          throw new Error(`${name} is not JSON`);
        }
      };
      return { element: labelled(name, `JSON${needed ? ", required" : ""}`, control).element, read };
    },
    object: (name, schema, value, needed) => part(name, schema, value, needed, (box) => {
      const known = Object.entries(schema.properties);
      const must = Array.isArray(schema.required) ? schema.required : [];
      const fields = known.map(([key, it]) => [key, field(key, it, (value ?? {})[key], must.includes(key))]);
      box.append(...fields.map(([, it]) => it.element));
      return () => {
        const read = { ...value };
        for (const [key, it] of fields) {
          const given = it.read();
          if (given === undefined) delete read[key];
          else Object.defineProperty(read, key, { value: given, enumerable: true, configurable: true, writable: true });
        }
        return read;
      };
    }),
    array: (name, schema, value, needed) => part(name, schema, value, needed, (box) => {
      let items = [];
      const list = make("div", {});
      const add = make("button", { type: "button", className: "button" }, `Add to ${name}`);
      const put = (given) => {
        const item = field(`${name} ${items.length + 1}`, schema.items, given, true);
        const remove = make("button", { type: "button", className: "button" }, "Remove");
        remove.setAttribute("aria-label", `Remove ${name} ${items.length + 1}`);
        item.row = make("div", { className: "item" }, item.element, remove);
        remove.addEventListener("click", () => {
          items = items.filter((it) => it !== item);
          item.row.remove();
          add.focus();
        });
        items.push(item);
        list.append(item.row);
      };
      for (const given of value ?? []) put(given);
      add.addEventListener("click", () => {
        put(undefined);
        items.at(-1).row.querySelector("input, select, textarea")?.focus();
      });
      box.append(list, add);
      return () => items.map((it) => it.read()).filter((it) => it !== undefined);
    }),
  };

  /** An object or an array: with a box to tick where it may be left out, and filled when ticked. */
  const part = (name, schema, value, needed, fill) => {
    const box = make("div", { className: "part" });
    const tick = make("input", { type: "checkbox", checked: needed || isObject(value) || Array.isArray(value) });
    const legend = needed ? make("legend", {}, name) : make("legend", {}, make("label", { className: "check" }, tick, ` ${name}`));
    let read = tick.checked ? fill(box) : undefined;
    tick.addEventListener("input", () => {
      read ??= fill(box);
      box.hidden = !tick.checked;
    });
    return { element: make("fieldset", {}, legend, box),
      read: () => (tick.checked ? read() : value === null ? null : undefined) };
  };

  const field = (name, schema, value, needed) => {
    const found = follow(schema);
    const kind = kindOf(found);
    const made = FIELDS[fits(kind, found, value) ? kind : "json"](name, found, value, needed);
    if (typeof found?.description === "string") made.element.title = found.description.slice(0, 300);
    return made;
  };

  /** Positional arguments, each with a field; what comes after those that have one stays. */
  const several = (schema, values) => {
    const least = schema.minItems ?? 0;
    const fields = schema.items.map((it, at) => {
      const title = follow(it)?.title;
      return field(typeof title === "string" ? title : `argument ${at + 1}`, it, values[at], at < least);
    });
    return {
      element: make("div", { className: "part" }, ...fields.map((it) => it.element)),
      read: () => {
        const read = fields.map((it) => it.read());
        while (read.length && read.at(-1) === undefined) read.pop();
        return [...read.map((it) => it ?? null), ...values.slice(fields.length)];
      },
    };
  };

  /** A form for the schema at a pointer that shows the value; undefined where only JSON can. */
  window.page.form = (pointer, value) => {
    const schema = follow(pointed(pointer));
    if (Array.isArray(schema?.items)) return Array.isArray(value) ? several(schema, value) : undefined;
    const kind = kindOf(schema);
    if (kind === "json" || !fits(kind, schema, value)) return undefined;
    return field("payload", schema, value, true);
  };
})();
