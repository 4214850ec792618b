// The page of an InventoryEditor. It draws traits and sends commands; Python checks every cell.
// Text from data is set as a field's value or as text, never as markup.

const ELEMENTS = ["inventory", "relationship", "business reason", "customer impact", "owner", "effectiveness"];

function render({ model, el }) {
  const { on, stopListening } = listening(model);
  const { said, say } = speaking();

  // Commands go out one message at a time; what is asked meanwhile waits and goes together.
  let waiting = [];
  let sent = null;
  let clocks = [];
  const send = (...commands) => {
    waiting.push(...commands);
    if (sent === null) flush();
  };
  const flush = () => {
    if (!waiting.length) return;
    sent = model.get("answered") + 1;
    model.send({ number: sent, commands: waiting });
    waiting = [];
    clocks = [
      setTimeout(() => (busy.textContent = "Checking …"), BUSY_AFTER),
      setTimeout(() => {
        if (model.widget_manager?.kernel) return;
        busy.textContent = "";
        still.hidden = false;
      }, STILL_AFTER),
    ];
  };
  const answered = () => {
    if (sent === null) return;
    sent = null;
    clocks.forEach(clearTimeout);
    busy.textContent = "";
    still.hidden = true;
    flush();
  };

  const button = (text, onclick, more = {}) => h("button", { type: "button", className: "mk-button", textContent: text, onclick, ...more });
  const undo = button("Undo", () => send({ do: "undo" }));
  const redo = button("Redo", () => send({ do: "redo" }));
  const count = h("span", { className: "mk-quiet", role: "status" });
  const busy = h("span", { className: "mk-busy", role: "status" });
  const still = h("span", { className: "mk-still", hidden: true, textContent: "There is no Python behind this page: nothing can be changed here." });
  const { message, drawMessage } = messageBox(model);

  // The sheet: one field a cell, made once and kept, so that focus and half-typed words survive a redraw.
  const columns = model.get("columns");
  const groups = ELEMENTS.map((element) => [element, columns.filter((column) => column[2] === element).length]).filter(([, wide]) => wide);
  const head = h(
    "thead",
    {},
    h("tr", { className: "mk-elements" }, ...groups.map(([element, colSpan]) => h("th", { colSpan, scope: "colgroup", textContent: element })), h("td")),
    h("tr", {}, ...columns.map(([, label]) => h("th", { scope: "col", textContent: label })), h("td")),
  );
  const body = h("tbody");
  const table = h("table", { "aria-label": "Touchpoints, one a row" }, head, body);
  let fields = [];
  let wanted = null;

  const commit = (field) => {
    const at = fields.findIndex((row) => row.includes(field));
    const place = at < 0 ? -1 : fields[at].indexOf(field);
    if (at >= 0 && model.get("rows")[at]?.[place] !== field.value) send({ do: "set", row: at, column: place, text: field.value });
  };
  const fieldOf = (column) => {
    const [name, label, , words] = column;
    const field = words.length
      ? h("select", {}, h("option", { value: "", textContent: "" }), ...words.map((value) => h("option", { value, textContent: value })))
      : h("input", { type: "text", spellcheck: false, autocomplete: "off", dir: "auto" });
    field.className = `mk-field mk-${name}`;
    field.dataset.label = label;
    field.addEventListener("change", () => commit(field));
    field.addEventListener("focus", () => explain(field));
    field.addEventListener("keydown", (event) => pressed(event, field));
    return field;
  };
  const rowOf = () => {
    const row = columns.map(fieldOf);
    const remove = h("button", { type: "button", className: "mk-remove", textContent: "×" });
    remove.addEventListener("click", () => {
      const at = fields.indexOf(row);
      wanted = [Math.max(at - 1, 0), 0];
      send({ do: "delete", row: at });
    });
    row.remove = remove;
    row.element = h("tr", {}, ...row.map((field, place) => h(place ? "td" : "th", place ? {} : { scope: "row" }, field)), h("td", {}, remove));
    return row;
  };
  const drawRows = () => {
    const rows = model.get("rows");
    while (fields.length < rows.length) {
      fields.push(rowOf());
      body.append(fields.at(-1).element);
    }
    while (fields.length > rows.length) fields.pop().element.remove();
    const wrong = new Map(model.get("faults").map(([at, place, why]) => [`${at} ${place}`, why]));
    fields.forEach((row, at) => {
      const name = rows[at][0] || `row ${at + 1}`;
      row.forEach((field, place) => {
        const value = rows[at][place];
        // What is half typed stays, until it is left.
        const typing = document.activeElement === field && field.value !== (field.drawn ?? "");
        // A word that the vocabulary lacks is shown all the same, so that it can be mended.
        if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) field.append(h("option", { value, textContent: value }));
        if (!typing && field.value !== value) field.value = value;
        field.drawn = value;
        const why = wrong.get(`${at} ${place}`) ?? "";
        field.setAttribute("aria-label", `${field.dataset.label} of ${name}`);
        field.setAttribute("aria-invalid", why ? "true" : "false");
        field.title = why || value;
      });
      row.remove.setAttribute("aria-label", `Delete ${name}`);
    });
    if (wanted && fields.length) {
      const [at, place] = wanted;
      fields[Math.min(at, fields.length - 1)][place].focus();
    }
    wanted = null;
    const faults = model.get("faults");
    count.textContent = `${number.format(rows.length)} touchpoint${rows.length === 1 ? "" : "s"}, ${faults.length ? `${number.format(faults.length)} cell${faults.length === 1 ? "" : "s"} to mend` : "nothing to mend"}`;
    for (const [control, key, verb] of [[undo, "undoes", "Undo"], [redo, "redoes", "Redo"]]) {
      control.disabled = !model.get(key);
      control.title = model.get(key) ? `${verb}: ${model.get(key)}` : `Nothing to ${verb.toLowerCase()}`;
    }
    if (el.contains(document.activeElement) && document.activeElement.classList.contains("mk-field")) explain(document.activeElement);
    else explain(null);
    empty.hidden = rows.length > 0;
  };

  // What is wrong stands under the sheet for the cell in focus, else for the first.
  const why = h("div", { className: "mk-why", role: "status" });
  const explain = (field) => {
    const faults = model.get("faults");
    const at = field ? fields.findIndex((row) => row.includes(field)) : -1;
    const place = at < 0 ? -1 : fields[at].indexOf(field);
    const found = faults.find(([row, column]) => row === at && column === place) ?? faults[0];
    why.textContent = found ? `${columns[found[1]][1]}, row ${found[0] + 1}: ${found[2]}` : "";
  };
  const pressed = (event, field) => {
    const at = fields.findIndex((row) => row.includes(field));
    const place = fields[at].indexOf(field);
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "z" && field.value === model.get("rows")[at][place]) send({ do: event.shiftKey ? "redo" : "undo" });
    else if (event.key === "Escape") field.value = model.get("rows")[at][place];
    else if (command && event.key === "Enter") addRow();
    else if (field.tagName === "INPUT" && (event.key === "ArrowDown" || event.key === "Enter")) move(at + 1, place);
    else if (field.tagName === "INPUT" && event.key === "ArrowUp") move(at - 1, place);
    else return;
    event.preventDefault();
  };
  const move = (at, place) => fields[clip(0, at, fields.length - 1)]?.[place].focus();
  const addRow = () => {
    if (document.activeElement?.classList.contains("mk-field")) commit(document.activeElement);
    wanted = [Infinity, 0];
    send({ do: "add" });
    say("A row was added.");
  };
  const empty = h("div", { className: "mk-empty", textContent: "No touchpoint yet. Add the first: an advertisement, a page, a parcel, a call." });

  // Saving: a file that was not read here is replaced by a second click only.
  const path = h("input", { type: "text", className: "mk-path", "aria-label": "File to save the inventory in (.yaml, .csv, .xlsx)", spellcheck: false, oninput: () => drawSave() });
  const save = h("button", { type: "button", className: "mk-button mk-main" });
  const outcome = h("span", { className: "mk-outcome", role: "status" });
  const asksAgain = () => model.get("saved").outcome === "exists" && model.get("saved").path === path.value.trim();
  save.addEventListener("click", () => send({ do: "save", path: path.value, replace: asksAgain() }));
  const drawSave = () => {
    const saved = model.get("saved");
    const about = saved.path === path.value.trim();
    save.textContent = asksAgain() ? "Replace the file" : "Save";
    save.classList.toggle("mk-warn", asksAgain());
    outcome.classList.toggle("mk-bad", about && saved.outcome !== "saved");
    outcome.textContent = !about ? "" : asksAgain() ? "This file exists, or somebody has changed it. Click again to replace it." : saved.text ?? "";
  };
  const drawPath = () => {
    if (document.activeElement !== path) path.value = model.get("path");
    drawSave();
  };

  frame(el, "mk-editor", "mk-inventory");
  el.append(
    h("div", { className: "mk-head" }, h("div", { className: "mk-heading" }, h("span", { className: "mk-title", textContent: "Touchpoint inventory" }), count, busy, still), h("div", { className: "mk-actions" }, undo, redo)),
    message,
    h("div", { className: "mk-sheet", tabIndex: -1 }, table, empty),
    h("div", { className: "mk-under" }, button("Add a touchpoint", addRow), why),
    h("div", { className: "mk-keys" }, "Keys: tab and arrows move, escape takes a word back, ctrl+enter adds a row, ctrl+z undoes."),
    h("div", { className: "mk-foot" }, path, save, outcome),
    said,
  );
  on(["rows", "faults", "undoes", "redoes"], drawRows);
  on(["message"], drawMessage);
  on(["saved"], drawSave);
  on(["path"], drawPath);
  on(["answered"], answered);
  for (const draw of [drawRows, drawMessage, drawPath]) draw();

  return () => {
    stopListening();
    clocks.forEach(clearTimeout);
  };
}

export default { render };
