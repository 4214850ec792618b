// The page of a StageMapper. It draws traits and sends commands; every number comes from Python.
// Text from data is set as text, never as markup.

const ROW = 54; // pixels; all rows are alike, so that only those in sight need to exist
const SPARE = 6;
const MOST_CHIPS = 6;
const [EVENT, EVENTS, , STAGE, RULE, PROPOSAL, REASON] = [0, 1, 2, 3, 4, 5, 6];

const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

const nameOf = (row) => row[EVENT] ?? "(no name)";

function render({ model, el }) {
  const id = `mk-mapper-${++made}`;
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
      setTimeout(() => (busy.textContent = "Measuring …"), BUSY_AFTER),
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

  // What is covered: two bars.
  const bar = (label) => {
    const fillIn = h("div", { className: "mk-fill" });
    const value = h("span", { className: "mk-share" });
    const words = h("span", { className: "mk-quiet" });
    const meter = h("div", { className: "mk-track", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, fillIn);
    const box = h("div", { className: "mk-meter" }, h("div", { className: "mk-meterhead" }, h("span", { textContent: label }), value, words), meter);
    const draw = (share, part, whole) => {
      const said = percent.format(share);
      fillIn.style.width = `${100 * share}%`;
      value.textContent = said;
      words.textContent = `${number.format(part)} of ${number.format(whole)}`;
      meter.setAttribute("aria-valuenow", (100 * share).toFixed(1));
      meter.setAttribute("aria-valuetext", `${said}, ${words.textContent}`);
    };
    return { box, draw };
  };
  const ofEvents = bar("Events with a stage");
  const ofNames = bar("Event names with a stage");
  const undo = h("button", { type: "button", className: "mk-button", textContent: "Undo", onclick: () => send({ do: "undo" }) });
  const redo = h("button", { type: "button", className: "mk-button", textContent: "Redo", onclick: () => send({ do: "redo" }) });
  const busy = h("span", { className: "mk-busy", role: "status" });
  const still = h("span", { className: "mk-still", hidden: true, textContent: "There is no Python behind this page: nothing can be changed here." });
  const { message, drawMessage } = messageBox(model);
  const title = h("bdi", { className: "mk-title" });
  const drawHead = () => {
    const covered = model.get("covered");
    title.textContent = model.get("name");
    ofEvents.draw(covered.events_share, covered.events_mapped, covered.events);
    ofNames.draw(covered.names_share, covered.names_mapped, covered.names);
    for (const [button, key, verb] of [[undo, "undoes", "Undo"], [redo, "redoes", "Redo"]]) {
      button.disabled = !model.get(key);
      button.title = model.get(key) ? `${verb}: ${model.get(key)}` : `Nothing to ${verb.toLowerCase()}`;
    }
    drawMessage();
  };

  // The events: search, filter, rows in sight.
  let shown = [];
  let current = 0;
  const search = h("input", { type: "search", placeholder: "Search events", "aria-label": "Search events", spellcheck: false, oninput: () => filterRows(0) });
  const filter = h("select", { "aria-label": "Which events are listed", onchange: () => filterRows(0) });
  const accept = h("button", { type: "button", className: "mk-button", onclick: () => acceptAll() });
  const spacer = h("div", { className: "mk-spacer", role: "presentation" });
  const list = h(
    "div",
    { className: "mk-rows", role: "grid", "aria-label": "Events of the log, most frequent first", "aria-describedby": `${id}-keys`, onscroll: () => drawRows(), onkeydown: (event) => pressed(event) },
    spacer,
  );
  const drawFilter = () => {
    const chosen = filter.value || "none";
    const pairs = [["all", "All events"], ["none", "Without a stage"], ...model.get("stages").map((stage, index) => [`stage ${index}`, stage])];
    filter.replaceChildren(...pairs.map(([value, label]) => h("option", { value, textContent: label })));
    filter.value = pairs.some(([value]) => value === chosen) ? chosen : "all";
  };
  const listedBy = (row) => {
    if (filter.value === "all") return true;
    if (filter.value === "none") return row[STAGE] == null;
    return row[STAGE] === model.get("stages")[Number(filter.value.slice(6))];
  };
  const filterRows = (at = current) => {
    const wanted = search.value.trim().toLowerCase();
    shown = model.get("rows").filter((row) => listedBy(row) && nameOf(row).toLowerCase().includes(wanted));
    shown.sort((one, two) => two[EVENTS] - one[EVENTS] || (nameOf(one) < nameOf(two) ? -1 : 1));
    current = clip(0, at, Math.max(shown.length - 1, 0));
    spacer.style.height = `${Math.max(shown.length, 1) * ROW}px`;
    list.setAttribute("aria-rowcount", shown.length);
    const proposed = shown.filter((row) => row[PROPOSAL]).length;
    accept.textContent = `Accept ${number.format(proposed)} listed proposal${proposed === 1 ? "" : "s"}`;
    accept.hidden = !proposed;
    drawRows(true);
  };

  const assign = (row, stage) => {
    if (row[EVENT] == null || row[STAGE] === stage) return;
    send({ do: "assign", events: [row[EVENT]], stage });
    say(stage == null ? `${nameOf(row)}: taken out of its stage.` : `${nameOf(row)}: put into ${stage}.`);
  };
  const acceptRow = (row) => {
    if (!row[PROPOSAL]) return;
    send({ do: "accept", events: [row[EVENT]] });
    say(`${nameOf(row)}: put into ${row[PROPOSAL]}, as proposed.`);
  };
  const acceptAll = () => {
    const events = shown.filter((row) => row[PROPOSAL]).map((row) => row[EVENT]);
    send({ do: "accept", events });
    say(`${events.length} proposals accepted.`);
  };

  const startDrag = (event, name, element) => {
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", name);
    dragged = name;
    element.classList.add("mk-dragged");
    el.classList.add("mk-dragging");
  };
  const endDrag = () => {
    dragged = null;
    el.classList.remove("mk-dragging");
    for (const each of el.querySelectorAll(".mk-dragged, .mk-over")) each.classList.remove("mk-dragged", "mk-over");
  };
  let dragged = null;

  const rowOf = (row, index) => {
    const select = h(
      "select",
      { className: "mk-stage", tabIndex: -1, "aria-label": `Stage of ${nameOf(row)}`, disabled: row[EVENT] == null, onchange: () => assign(row, select.value === "" ? null : model.get("stages")[Number(select.value)]) },
      h("option", { value: "", textContent: "No stage" }),
      ...model.get("stages").map((stage, place) => h("option", { value: place, textContent: stage })),
    );
    select.value = row[STAGE] == null ? "" : model.get("stages").indexOf(row[STAGE]);
    const why = row[PROPOSAL]
      ? h(
          "span",
          { className: "mk-why" },
          h("button", { type: "button", className: "mk-accept", tabIndex: -1, title: `Put it into ${row[PROPOSAL]}: ${row[REASON]}`, onclick: () => acceptRow(row) }, "→ ", h("bdi", { textContent: row[PROPOSAL] })),
          h("span", { className: "mk-reason", title: row[REASON], textContent: row[REASON] }),
        )
      : h("span", { className: "mk-why" }, h("span", { className: "mk-reason", textContent: row[RULE] ? `by the rule ${row[RULE]}` : "no proposal: its name tells nothing", title: row[RULE] ?? "" }));
    const item = h(
      "div",
      {
        className: "mk-row",
        role: "row",
        "aria-rowindex": index + 1,
        "aria-label": `${nameOf(row)}, ${number.format(row[EVENTS])} events, ${row[STAGE] ?? "no stage"}${row[PROPOSAL] ? `, proposal ${row[PROPOSAL]}` : ""}`,
        tabIndex: index === current ? 0 : -1,
        draggable: row[EVENT] != null,
        onfocus: () => {
          current = index;
          for (const each of spacer.children) each.tabIndex = each === item ? 0 : -1;
        },
        ondragstart: (event) => startDrag(event, row[EVENT], item),
        ondragend: endDrag,
      },
      h(
        "div",
        { className: "mk-what", role: "gridcell" },
        h("span", { className: "mk-line" }, h("bdi", { className: "mk-name", textContent: nameOf(row), title: nameOf(row) }), h("span", { className: "mk-count", textContent: number.format(row[EVENTS]) })),
        why,
      ),
      h("div", { role: "gridcell" }, select),
    );
    item.style.top = `${index * ROW}px`;
    return item;
  };
  let drawn = new Map();
  const drawRows = (anew = false) => {
    const focused = anew && spacer.contains(document.activeElement);
    const first = Math.max(Math.floor(list.scrollTop / ROW) - SPARE, 0);
    const last = Math.min(Math.ceil((list.scrollTop + (list.clientHeight || 10 * ROW)) / ROW) + SPARE, shown.length);
    const before = anew ? new Map() : drawn;
    drawn = new Map();
    for (let index = first; index < last; index++) drawn.set(index, before.get(index) ?? rowOf(shown[index], index));
    if (anew) spacer.replaceChildren(...drawn.values());
    else {
      for (const [index, item] of before) if (!drawn.has(index) && !item.contains(document.activeElement)) item.remove();
      for (const [index, item] of drawn) if (!before.has(index)) spacer.append(item);
    }
    if (!shown.length) {
      const done = filter.value === "none" && !search.value;
      spacer.replaceChildren(h("div", { className: "mk-hint", textContent: done ? "Every event has a stage." : "No event is listed by this search and filter." }));
    }
    if (focused) focusRow(current);
  };
  const focusRow = (index) => {
    if (!shown.length) return;
    current = clip(0, index, shown.length - 1);
    const top = current * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
    drawRows();
    drawn.get(current)?.focus({ preventScroll: true });
  };
  const pressed = (event) => {
    if (!event.target.classList.contains("mk-row")) {
      if (event.key === "Escape") focusRow(current);
      return;
    }
    const row = shown[current];
    const page = Math.max(Math.floor(list.clientHeight / ROW) - 1, 1);
    const way = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -shown.length, End: shown.length }[event.key];
    const stage = /^[1-9]$/.test(event.key) ? model.get("stages")[Number(event.key) - 1] : undefined;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (way) focusRow(current + way);
    else if (stage !== undefined) assign(row, stage);
    else if (event.key === "0" || event.key === "Delete" || event.key === "Backspace") assign(row, null);
    else if (event.key === "Enter") row[PROPOSAL] ? acceptRow(row) : event.target.querySelector("select").focus();
    else if (event.key === " " || event.key === "ArrowRight") event.target.querySelector("select").focus();
    else return;
    event.preventDefault();
  };

  // The board: one card a stage, and one to take an event out.
  const board = h("div", { className: "mk-board", role: "group", "aria-label": "Stages, in order" });
  const card = (stage, index) => {
    const rows = model.get("rows").filter((row) => row[STAGE] === stage);
    rows.sort((one, two) => two[EVENTS] - one[EVENTS]);
    const { names, events } = model.get("covered").stages[index];
    const chips = rows.slice(0, MOST_CHIPS).map((row) => {
      const chip = h(
        "li",
        { className: "mk-chip", draggable: true, title: `${nameOf(row)}, ${number.format(row[EVENTS])} events`, ondragstart: (event) => startDrag(event, row[EVENT], chip), ondragend: endDrag },
        h("bdi", { textContent: nameOf(row) }),
      );
      return chip;
    });
    if (rows.length > MOST_CHIPS) {
      chips.push(
        h("li", {}, h("button", { type: "button", className: "mk-more", textContent: `${number.format(rows.length - MOST_CHIPS)} more`, onclick: () => {
          filter.value = `stage ${index}`;
          filterRows(0);
          focusRow(0);
        } })),
      );
    }
    return target(
      h(
        "section",
        { className: "mk-card", "aria-label": `${stage}: ${names} event names` },
        h("div", { className: "mk-cardhead" }, index < 9 ? h("kbd", { textContent: index + 1 }) : "", h("bdi", { className: "mk-name", textContent: stage, title: stage }), h("span", { className: "mk-count", textContent: `${number.format(names)} name${names === 1 ? "" : "s"} · ${number.format(events)} events` })),
        h("ul", { className: "mk-chips" }, ...(chips.length ? chips : [h("li", { className: "mk-hint", textContent: "Drag events here." })])),
      ),
      stage,
    );
  };
  const target = (element, stage) => {
    element.addEventListener("dragover", (event) => {
      if (dragged === null) return;
      event.preventDefault();
      event.stopPropagation();
      element.classList.add("mk-over");
    });
    element.addEventListener("dragleave", (event) => {
      if (!element.contains(event.relatedTarget)) element.classList.remove("mk-over");
    });
    element.addEventListener("drop", (event) => {
      if (dragged === null) return;
      event.preventDefault();
      event.stopPropagation();
      const name = dragged;
      endDrag();
      const row = model.get("rows").find((each) => each[EVENT] === name && each[STAGE] !== stage);
      if (row) assign(row, stage);
    });
    return element;
  };
  const drawBoard = () => {
    const out = target(h("section", { className: "mk-card mk-out" }, h("div", { className: "mk-hint" }, h("kbd", { textContent: "0" }), " No stage: drag an event here to take it out.")), null);
    board.replaceChildren(...model.get("stages").map(card), out);
  };

  // Saving: a file that exists is replaced by a second click only.
  const path = h("input", { type: "text", "aria-label": "File to save the model in", spellcheck: false, oninput: () => drawSave() });
  const save = h("button", { type: "button", className: "mk-button mk-main" });
  const outcome = h("span", { className: "mk-outcome", role: "status" });
  const asksAgain = () => model.get("saved").outcome === "exists" && model.get("saved").path === path.value.trim();
  save.addEventListener("click", () => send({ do: "save", path: path.value, replace: asksAgain() }));
  const drawSave = () => {
    const saved = model.get("saved");
    const about = saved.path === path.value.trim();
    save.textContent = asksAgain() ? "Replace the file" : "Save YAML";
    save.classList.toggle("mk-warn", asksAgain());
    outcome.classList.toggle("mk-bad", about && saved.outcome !== "saved");
    outcome.textContent = !about ? "" : asksAgain() ? "This file exists already. Click again to replace it." : saved.text ?? "";
  };
  const drawPath = () => {
    if (document.activeElement !== path) path.value = model.get("path");
    drawSave();
  };

  frame(el, "mk-editor", "mk-mapper");
  el.append(
    h("div", { className: "mk-head" }, h("div", { className: "mk-heading" }, title, busy, still), h("div", { className: "mk-actions" }, undo, redo)),
    h("div", { className: "mk-meters" }, ofEvents.box, ofNames.box),
    message,
    h(
      "div",
      { className: "mk-body" },
      h(
        "div",
        { className: "mk-side" },
        h("div", { className: "mk-find" }, search, filter),
        list,
        h("div", { className: "mk-under" }, h("span", { id: `${id}-keys`, className: "mk-keys" }, "Keys: arrows choose, 1 to 9 put into a stage, 0 takes out, enter accepts the proposal."), accept),
      ),
      board,
    ),
    h("div", { className: "mk-foot" }, path, save, outcome),
    said,
  );

  const drawAll = () => {
    drawFilter();
    filterRows();
    drawBoard();
  };
  on(["rows", "stages"], drawAll);
  on(["covered"], drawBoard);
  on(["name", "covered", "undoes", "redoes", "message"], drawHead);
  on(["saved"], drawSave);
  on(["path"], drawPath);
  on(["answered"], answered);
  drawFilter();
  if (model.get("rows").every((row) => row[STAGE] != null)) filter.value = "all";
  for (const draw of [drawHead, drawAll, drawPath]) draw();
  // The number of rows in sight is known once the list stands in the page.
  const sight = new ResizeObserver(() => drawRows());
  sight.observe(list);

  return () => {
    stopListening();
    clocks.forEach(clearTimeout);
    sight.disconnect();
  };
}

export default { render };
