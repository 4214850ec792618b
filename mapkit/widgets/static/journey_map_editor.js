// The page of a JourneyMapEditor. It draws the map that Python keeps and sends edits, each a small dictionary; what an
// edit makes of the map comes back from Python. Text from the map is set as text, never as markup.

const GRADES = { A: "experiment", B: "observed", C: "reported", D: "asserted" };
const STATES = { agree: "✓ agrees", disagree: "✗ disagrees", unmeasured: "– unmeasured" };
const KINDS = ["experiment", "log", "survey", "interview", "observation", "assertion"];
const ABOUT = ["content", "sequence", "timing", "rate", "emotion"];
const FEELING = "emotion"; // the lane that has a curve
const [NARROW, WIDE, HEAD] = [150, 280, 33]; // pixels: columns, and the two rows of heads
const CURVE = { high: 136, top: 28, bottom: 120 };
const ABOVE = 12; // pixels between a point and its number
const MOST = 2; // emotion goes from -2 to 2
const LOOK_AGAIN = 1000; // milliseconds between two looks at the file
const SVG = ["http:", "www.w3.org/2000/svg"].join("//"); // a name: nothing is fetched from it

const keyOf = (...parts) => JSON.stringify(parts);
const placeOf = (kind, name) => (kind === "step" ? { step: name } : { stage: name });
const oneLine = (text) => text.trim().split(/\s+/).join(" ");
// Filled anew only where it shows something else: whatever has the focus in it keeps it.
const shownBy = new WeakMap();
const refill = (element, shows, children) => {
  const text = JSON.stringify(shows);
  if (shownBy.get(element) === text) return;
  shownBy.set(element, text);
  element.replaceChildren(...children);
};
const nice = (value) => (value > 0 ? "+" : "") + value.toFixed(1).replace("-", "−");
const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

function render({ model, el }) {
  const { on, stopListening } = listening(model);
  const active = () => el.getRootNode().activeElement;
  const { said, say } = speaking();

  // Edits go out one message at a time. Those that wait for their answer are drawn meanwhile as if it had come.
  let outbox = [];
  let pending = []; // [number, change of the state that is drawn]
  let last = model.get("answered");
  let sent = null;
  let clocks = [];
  const send = (command, change = null, then = null) => {
    if (then) wanted = then;
    pending.push([++last, change]);
    outbox.push(command);
    if (sent === null) flush();
    if (change) draw();
  };
  const flush = () => {
    if (!outbox.length) return;
    sent = last;
    model.send({ number: sent, commands: outbox });
    outbox = [];
    clocks = [
      setTimeout(() => (busy.textContent = "Working …"), BUSY_AFTER),
      setTimeout(() => {
        if (model.widget_manager?.kernel) return;
        busy.textContent = "";
        still.hidden = false;
      }, STILL_AFTER),
    ];
  };
  const answered = () => {
    const done = model.get("answered");
    last = Math.max(last, done);
    pending = pending.filter(([number]) => number > done);
    if (sent !== null && done >= sent) {
      sent = null;
      clocks.forEach(clearTimeout);
      busy.textContent = "";
      still.hidden = true;
      flush();
    }
    schedule();
  };

  // What is drawn: the map as Python sent it, with the edits that wait.
  let slots = new Map();
  const readSlots = () => {
    slots = new Map(model.get("slots").rows.map(([lane, kind, name, cells]) => [keyOf("slot", lane, kind, name), cells]));
  };
  const patched = () => {
    const patch = model.get("patch");
    const { revision, rows } = model.get("slots");
    if (!(patch.revision > revision)) return;
    if (patch.revision > revision + 1) return send({ do: "everything" });
    const old = new Map(rows.map((row) => [keyOf(...row.slice(0, 3)), row]));
    for (const row of patch.rows) old.set(keyOf(...row.slice(0, 3)), row);
    model.set("slots", { revision: patch.revision, rows: [...old.values()].filter((row) => row[3].length) });
  };
  let state = null;
  const compute = () => {
    const stages = model.get("stages").map((stage) => ({ ...stage, steps: [...stage.steps] }));
    state = { stages, lanes: model.get("lanes"), slots: new Map(slots) };
    for (const [, change] of pending) change?.(state);
    state.columns = stages.flatMap((stage) => (stage.steps.length ? stage.steps.map((step) => ({ stage, step })) : [{ stage, step: null }]));
  };
  const cellsOf = (lane, kind, name) => state.slots.get(keyOf("slot", lane, kind, name)) ?? [];
  const slotOf = (lane, column, wide) => (wide || !column.step ? keyOf("slot", lane, "stage", column.stage.name) : keyOf("slot", lane, "step", column.step.id));
  const hasWide = (lane) => state.stages.some((stage) => stage.steps.length && cellsOf(lane, "stage", stage.name).length);

  // The current part, by what it is: "map", a stage, a step, a lane, or a slot and which of its cells.
  let current = { key: "map", at: 0 };
  let column = -1;
  let wanted = null; // finds the part that gets the focus once Python has made it
  const what = () => (current.key === "map" ? ["map"] : JSON.parse(current.key));
  const cellNow = () => {
    const [kind, ...slot] = what();
    return kind === "slot" ? cellsOf(...slot)[current.at] : undefined;
  };
  const stepAt = (id) => {
    for (const [at, stage] of state.stages.entries()) {
      const place = stage.steps.findIndex((step) => step.id === id);
      if (place >= 0) return { stage, at, place, step: stage.steps[place] };
    }
    return null;
  };
  const nav = () => {
    const rows = [
      { head: "map", at: (c) => keyOf("stage", c.stage.name) },
      { head: "map", at: (c) => (c.step ? keyOf("step", c.step.id) : keyOf("stage", c.stage.name)) },
    ];
    for (const lane of state.lanes) {
      const head = keyOf("lane", lane);
      if (hasWide(lane)) rows.push({ head, at: (c) => slotOf(lane, c, true) });
      rows.push({ head, at: (c) => slotOf(lane, c, false) });
    }
    return rows;
  };
  const keyAt = (row, c) => (c < 0 ? row.head : row.at(state.columns[c]));
  const countAt = (key) => Math.max(key.startsWith('["slot"') ? (state.slots.get(key) ?? []).length : 1, 1);
  const move = (down, right) => {
    const rows = nav();
    column = clip(-1, column, state.columns.length - 1);
    let r = rows.findIndex((row) => keyAt(row, column) === current.key);
    if (r < 0) return choose("map");
    if (down) {
      const at = current.at + down;
      if (at >= 0 && at < countAt(current.key)) return choose(current.key, at);
      do r += down;
      while (rows[r] && keyAt(rows[r], column) === current.key);
      if (!rows[r]) return;
      const key = keyAt(rows[r], column);
      return choose(key, down > 0 ? 0 : countAt(key) - 1);
    }
    let c = column;
    do c += right;
    while (c >= -1 && c < state.columns.length && keyAt(rows[r], c) === current.key);
    if (c < -1 || c >= state.columns.length) return;
    column = c;
    const key = keyAt(rows[r], c);
    choose(key, Math.min(current.at, countAt(key) - 1));
  };
  // The column in which a part stands; of several that which is nearest to the current one.
  const columnOf = (key) => {
    for (const row of nav()) {
      const standing = state.columns.flatMap((each, c) => (row.at(each) === key ? [c] : []));
      if (standing.length) return clip(standing[0], column, standing.at(-1));
      if (row.head === key) return -1;
    }
    return column;
  };
  const nodeOf = (key, at = 0) => {
    const node = drawn.get(key)?.node;
    return key.startsWith('["slot"') ? (node?.children[at] ?? node?.firstElementChild) : node;
  };
  const choose = (key, at = 0, { focus = true } = {}) => {
    nodeOf(current.key, current.at)?.classList.remove("mk-current");
    const before = nodeOf(current.key, current.at);
    if (before) before.tabIndex = -1;
    current = { key, at };
    column = columnOf(key);
    const node = nodeOf(key, at);
    if (node) {
      node.tabIndex = 0;
      node.classList.add("mk-current");
      if (focus) {
        node.focus({ preventScroll: true });
        reveal(node);
      }
    }
    drawDetails();
    drawTools();
  };
  // The heads of columns and lanes stand still over the board, so that what is under them is out of sight.
  const reveal = (node) => {
    const [box, view, lane] = [node.getBoundingClientRect(), scroll.getBoundingClientRect(), corner.offsetWidth];
    if (!node.classList.contains("mk-lane")) {
      if (box.left < view.left + lane) scroll.scrollLeft -= view.left + lane - box.left + 4;
      else if (box.right > view.right) scroll.scrollLeft += Math.min(box.right - view.right + 4, box.left - view.left - lane);
    }
    if (node.classList.contains("mk-stage") || node.classList.contains("mk-step")) return;
    const heads = 2 * HEAD;
    if (box.top < view.top + heads) scroll.scrollTop -= view.top + heads - box.top + 4;
    else if (box.bottom > view.bottom) scroll.scrollTop += Math.min(box.bottom - view.bottom + 4, box.top - view.top - heads);
  };

  // Typing in place: one field over the part that is edited; what is typed is sent when it is done.
  let typing = null;
  const type = (node, { value, label, whole = false, done }) => {
    stopTyping(true);
    const field = h("textarea", { className: "mk-type", "aria-label": label, value, spellcheck: false });
    const [box, base] = [node.getBoundingClientRect(), board.getBoundingClientRect()];
    Object.assign(field.style, { left: `${box.left - base.left}px`, top: `${box.top - base.top}px`, width: `${Math.max(box.width, 140)}px`, height: `${Math.max(box.height, whole ? 78 : 30)}px` });
    const grow = () => (field.style.height = `${Math.max(field.offsetHeight, Math.min(field.scrollHeight + 4, 240))}px`);
    typing = { field, done, value };
    field.addEventListener("input", grow);
    field.addEventListener("blur", () => stopTyping(true));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Escape") stopTyping(false, true);
      else if ((event.key === "Enter" && !(whole && event.shiftKey)) || event.key === "Tab") {
        stopTyping(true, true);
        if (event.key === "Tab") move(0, event.shiftKey ? -1 : 1);
      } else if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) {
        stopTyping(true, true);
        save();
      } else return;
      event.preventDefault();
    });
    board.append(field);
    grow();
    field.focus({ preventScroll: true });
    field.select();
  };
  const stopTyping = (keep, back = false) => {
    if (!typing) return;
    const { field, done, value } = typing;
    typing = null;
    field.remove();
    if (back) nodeOf(current.key, current.at)?.focus({ preventScroll: true });
    if (keep && field.value.trim() !== value) done(field.value);
  };
  const edit = () => {
    const [kind, ...rest] = what();
    const node = nodeOf(current.key, current.at);
    if (kind === "map") details.querySelector("input")?.focus();
    else if (kind === "stage") {
      type(node, { value: rest[0], label: "Name of the stage", done: (name) => send({ do: "rename_stage", stage: rest[0], name }, null, () => keyOf("stage", oneLine(name))) });
    } else if (kind === "step") {
      const { step } = stepAt(rest[0]);
      type(node, { value: step.name, label: "Name of the step", done: (name) => send({ do: "edit_step", step: step.id, set: { name } }) });
    } else if (kind === "lane") {
      type(node, { value: rest[0], label: "Name of the lane", done: (name) => send({ do: "rename_lane", lane: rest[0], name }, null, () => keyOf("lane", oneLine(name))) });
    } else if (cellNow()) {
      const at = current.at;
      type(node, { value: cellNow().says, whole: true, label: `What the cell says: ${rest[0]}, ${rest[2]}`, done: (says) => changeCell(rest, at, { says }) });
    } else addCell(rest);
  };
  const changeCell = ([lane, kind, name], at, set) => {
    send({ do: "edit_cell", lane, ...placeOf(kind, name), at, set }, (drawnState) => {
      const key = keyOf("slot", lane, kind, name);
      const cells = drawnState.slots.get(key) ?? [];
      drawnState.slots.set(key, cells.map((cell, k) => (k === at ? { ...cell, ...asDrawn(set) } : cell)));
    });
  };
  // What a change will look like; whether it can be made is for Python to say.
  const asDrawn = ({ claimed, severity, evidence, ...texts }) => ({
    ...texts,
    ...(claimed === undefined ? {} : { claimed: String(claimed), value: claimed === "" || isNaN(claimed) ? null : Number(claimed), seen: {} }),
    ...(severity === undefined ? {} : { severity: severity === "" || isNaN(severity) ? null : Number(severity) }),
    ...(evidence === undefined ? {} : { evidence: evidence.filter((each) => each.kind || each.ref || each.n) }),
  });
  const addCell = ([lane, kind, name]) => {
    const at = cellsOf(lane, kind, name).length;
    const node = nodeOf(keyOf("slot", lane, kind, name), Math.max(at - 1, 0)) ?? nodeOf(current.key, current.at);
    type(node, {
      value: "", whole: true, label: `A new cell: ${lane}, ${name}`,
      done: (says) => {
        send({ do: "add_cell", lane, ...placeOf(kind, name), set: { says } }, null, () => [keyOf("slot", lane, kind, name), at]);
      },
    });
  };
  const whereNow = () => {
    const [kind, ...rest] = what();
    const found = kind === "step" ? stepAt(rest[0]) : kind === "slot" && rest[1] === "step" ? stepAt(rest[2]) : null;
    if (found) return found;
    const name = kind === "stage" ? rest[0] : kind === "slot" ? rest[2] : null;
    const at = name === null ? state.stages.length - 1 : state.stages.findIndex((stage) => stage.name === name);
    return { stage: state.stages[at], at, place: state.stages[at].steps.length - 1, step: null };
  };
  const add = (kind) => {
    const here = nodeOf(current.key, current.at) ?? corner;
    const { stage, at, place } = whereNow();
    const [part, lane] = what();
    const ask = (anchor, label, done) => type(anchor ?? here, { value: "", label, done });
    if (kind === "stage") {
      ask(nodeOf(keyOf("stage", stage.name)), `A new stage after ${stage.name}`, (name) => send({ do: "add_stage", name, at: at + 1 }, null, () => keyOf("stage", oneLine(name))));
    } else if (kind === "step") {
      const anchor = nodeOf(stage.steps[place] ? keyOf("step", stage.steps[place].id) : keyOf("stage", stage.name));
      const made = () => {
        const step = state.stages.find((each) => each.name === stage.name)?.steps[place + 1];
        return step ? keyOf("step", step.id) : null;
      };
      ask(anchor, `A new step of ${stage.name}`, (name) => send({ do: "add_step", stage: stage.name, name, at: place + 1 }, null, made));
    } else if (kind === "lane") {
      const after = part === "lane" || part === "slot" ? state.lanes.indexOf(lane) : state.lanes.length - 1;
      ask(nodeOf(keyOf("lane", state.lanes[after])), "A new lane", (name) => send({ do: "add_lane", name, at: after + 1 }, null, () => keyOf("lane", oneLine(name))));
    } else if (kind === "cell" && part === "slot") addCell(what().slice(1));
    else if (kind === "wide" && part === "slot") addCell([lane, "stage", stage.name]);
  };
  const remove = () => {
    const [kind, ...rest] = what();
    const gone = { stage: ["remove_stage", "stage"], step: ["remove_step", "step"], lane: ["remove_lane", "lane"] }[kind];
    if (gone) {
      const next = () => {
        if (kind === "lane") return state.lanes.length ? keyOf("lane", state.lanes[0]) : "map";
        return keyAt(nav()[kind === "stage" ? 0 : 1], clip(0, column, state.columns.length - 1));
      };
      send({ do: gone[0], [gone[1]]: rest[0] }, null, next);
      say(`${rest[0]} removed. Control Z brings it back.`);
    } else if (cellNow()) {
      const [lane, place, name] = rest;
      send({ do: "remove_cell", lane, ...placeOf(place, name), at: current.at });
      say("Cell removed. Control Z brings it back.");
    }
  };
  const shift = (right, down) => {
    const [kind, ...rest] = what();
    if (kind === "lane" && down) {
      const at = state.lanes.indexOf(rest[0]) + down;
      if (at >= 0 && at < state.lanes.length) send({ do: "move_lane", lane: rest[0], at });
    } else if (kind === "stage" && right) {
      const at = state.stages.findIndex((stage) => stage.name === rest[0]) + right;
      if (at >= 0 && at < state.stages.length) send({ do: "move_stage", stage: rest[0], at });
    } else if (right && (kind === "step" || (kind === "slot" && rest[1] === "step"))) {
      const { stage, at, place, step } = stepAt(kind === "step" ? rest[0] : rest[2]);
      const to = state.stages[at + right];
      if (stage.steps[place + right]) moveStep(step.id, stage.name, place + right);
      else if (to) moveStep(step.id, to.name, right > 0 ? 0 : to.steps.length);
    }
  };
  const moveStep = (id, stage, at) => {
    send({ do: "move_step", step: id, stage, at }, (drawnState) => {
      const from = drawnState.stages.find((each) => each.steps.some((step) => step.id === id));
      const to = drawnState.stages.find((each) => each.name === stage);
      if (!from || !to) return;
      const [step] = from.steps.splice(from.steps.findIndex((each) => each.id === id), 1);
      to.steps.splice(at, 0, step);
    });
    say(`${stepAt(id)?.step.name ?? id} is step ${at + 1} of ${stage}.`);
  };
  const feel = (id, value) => {
    const rounded = Math.round(clip(-MOST, value, MOST) * 10) / 10 || 0;
    const at = cellsOf(FEELING, "step", id).findIndex((cell) => cell.value !== null);
    if (at >= 0) changeCell([FEELING, "step", id], at, { claimed: rounded });
    else send({ do: "add_cell", lane: FEELING, step: id, set: { claimed: rounded } });
    say(`Emotion ${nice(rounded)}.`);
  };
  const feltNow = () => {
    const [kind, lane, place, id] = what();
    if (kind !== "slot" || lane !== FEELING || place !== "step") return null;
    return { id, value: cellsOf(lane, place, id).find((cell) => cell.value !== null)?.value ?? 0 };
  };

  const pressed = (event) => {
    const [key, control] = [event.key, event.ctrlKey || event.metaKey];
    const inField = event.target.matches("input, textarea, select");
    if (control && key.toLowerCase() === "s") save();
    else if (inField && key === "Escape") {
      event.target.value = event.target.dataset.was ?? event.target.value;
      nodeOf(current.key, current.at)?.focus();
    } else if (inField) return event.stopPropagation();
    else if (control && key.toLowerCase() === "z") send({ do: event.shiftKey ? "redo" : "undo" });
    else if (control && key.toLowerCase() === "y") send({ do: "redo" });
    else if (!board.contains(event.target)) return;
    else if (!pressedOnBoard(event, key, control)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pressedOnBoard = (event, key, control) => {
    const [right, down] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    const felt = feltNow();
    const step = { "+": 0.5, "=": 0.5, "-": -0.5, "−": -0.5 }[key] ?? (event.shiftKey ? -down / 10 : 0);
    if (felt && step && !control && !event.altKey) feel(felt.id, felt.value + step);
    else if (right || down) event.altKey ? shift(right, down) : control ? jump(right, down) : move(down, right);
    else if (control || event.altKey) return false;
    else if (key === "Enter" && event.shiftKey) add(what()[0] === "slot" ? "cell" : what()[0]);
    else if (key === "Enter" || key === "F2") edit();
    else if (key === "Delete" || key === "Backspace") remove();
    else if (key.toLowerCase() === "w") add("wide");
    else if (key === "Home" || key === "End") jump(key === "Home" ? -1 : 1, 0);
    else return false;
    return true;
  };
  const jump = (right, down) => {
    for (let before = ""; before !== current.key + current.at; ) {
      before = current.key + current.at;
      move(down, right);
    }
  };

  // Steps are dragged by their heads. A frame moves two boxes and draws nothing anew.
  let drag = null;
  const lift = (event, id) => {
    if (event.button !== 0 || typing) return;
    const name = stepAt(id).step.name;
    drag = { id, name, x: event.clientX, y: event.clientY, startX: event.clientX, startY: event.clientY, on: false, frame: 0, target: null };
    for (const [kind, react] of dragged) window.addEventListener(kind, react, true);
  };
  const begin = () => {
    drag.on = true;
    drag.line = h("div", { className: "mk-drop" });
    drag.line.style.height = `${board.offsetHeight}px`;
    drag.flying = h("div", { className: "mk-flying", style: `width:${wide - 20}px` }, h("bdi", { textContent: drag.name }));
    drag.view = scroll.getBoundingClientRect();
    drag.lane = corner.offsetWidth;
    board.append(drag.line, drag.flying);
    nodeOf(keyOf("step", drag.id))?.classList.add("mk-lifted");
  };
  const moveOn = () => {
    if (!drag?.on) return;
    drag.frame = 0;
    const edge = drag.x < drag.view.left + drag.lane + 30 ? -14 : drag.x > drag.view.right - 30 ? 14 : 0;
    if (edge) {
      scroll.scrollLeft += edge;
      drag.frame = requestAnimationFrame(moveOn);
    }
    const x = drag.x - drag.view.left + scroll.scrollLeft - 1;
    const along = (x - drag.lane - 1) / (wide + 1);
    const at = clip(0, Math.floor(along), state.columns.length - 1);
    const { stage, step } = state.columns[at];
    const after = step && along - at >= 0.5 ? 1 : 0;
    drag.target = { stage: stage.name, at: step ? stage.steps.indexOf(step) + after : 0 };
    drag.line.style.transform = `translateX(${drag.lane + (at + (step ? after : 0.5)) * (wide + 1) - 2}px)`;
    drag.flying.style.transform = `translate(${x - wide / 2 + 10}px, ${scroll.scrollTop}px)`;
  };
  const drop = (keep) => {
    for (const [kind, react] of dragged) window.removeEventListener(kind, react, true);
    const { id, on: was, target, line, flying, frame: waiting } = drag;
    cancelAnimationFrame(waiting);
    if (waiting && keep && was) moveOn();
    const to = drag.target ?? target;
    drag = null;
    if (!was) return;
    line.remove();
    flying.remove();
    nodeOf(keyOf("step", id))?.classList.remove("mk-lifted");
    const from = stepAt(id);
    if (!keep || !to || !from) return;
    const at = from.stage.name === to.stage && from.place < to.at ? to.at - 1 : to.at;
    if (from.stage.name !== to.stage || from.place !== at) moveStep(id, to.stage, at);
    choose(keyOf("step", id));
  };
  const dragged = [
    ["pointermove", (event) => {
      [drag.x, drag.y] = [event.clientX, event.clientY];
      if (!drag.on && Math.hypot(drag.x - drag.startX, drag.y - drag.startY) > 4) begin();
      if (drag.on && !drag.frame) drag.frame = requestAnimationFrame(moveOn);
    }],
    ["pointerup", () => drop(true)],
    ["pointercancel", () => drop(false)],
    ["keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      drop(false);
    }],
  ];

  // The emotion curve: what is claimed as a line with points to drag, what is observed as dots with their intervals.
  const yOf = (value) => CURVE.top + ((MOST - value) / (2 * MOST)) * (CURVE.bottom - CURVE.top);
  const xOf = (c) => c * (wide + 1) + wide / 2;
  const felt = () => state.columns.map(({ step }) => (step ? (cellsOf(FEELING, "step", step.id).find((cell) => cell.value !== null) ?? null) : null));
  const curve = () => {
    const cells = felt();
    const across = state.columns.length * (wide + 1);
    const picture = svg("svg", { width: across, height: CURVE.high, "aria-hidden": "true" });
    for (const value of [MOST, 0, -MOST]) {
      picture.append(svg("line", { class: "mk-grid", x1: 0, x2: across, y1: yOf(value), y2: yOf(value) }), svg("text", { class: "mk-axis", x: 12, y: yOf(value) - 3 }, value ? nice(value).replace(".0", "") : "0"));
    }
    const path = svg("path", { class: "mk-claim-line", d: line(cells.map((cell) => cell?.value ?? null)) });
    picture.append(path);
    for (const [c, cell] of cells.entries()) {
      if (cell) picture.append(...observed(cell.seen, xOf(c)));
      if (state.columns[c].step) picture.append(...point(c, cell, cells, path));
    }
    return h("div", { className: "mk-curve", role: "img", "aria-label": curveSaid(cells) }, picture);
  };
  const line = (values) => {
    const points = values.flatMap((value, c) => (value === null ? [] : [`${xOf(c)} ${yOf(clip(-MOST, value, MOST))}`]));
    return points.length ? `M${points.join("L")}` : "";
  };
  const observed = (seen, x) => {
    if (typeof seen.valence !== "number") return [];
    const ends = typeof seen.low === "number" ? [svg("line", { class: "mk-seen-line", x1: x, x2: x, y1: yOf(seen.high), y2: yOf(seen.low) })] : [];
    return [...ends, svg("circle", { class: "mk-seen-dot", cx: x, cy: yOf(seen.valence), r: 4 }, svg("title", {}, seen.sentence))];
  };
  const point = (c, cell, cells, path) => {
    const { step } = state.columns[c];
    const value = clip(-MOST, cell?.value ?? 0, MOST);
    const label = svg("text", { x: xOf(c), y: yOf(value) - ABOVE }, cell ? nice(value) : "");
    const dot = svg("circle", { class: cell ? "mk-point" : "mk-point mk-ghost", cx: xOf(c), cy: yOf(value), r: cell ? 7 : 5, "data-step": step.id }, svg("title", {}, `${step.name}: drag up or down`));
    dot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      const [from, scale] = [event.clientY, (2 * MOST) / (CURVE.bottom - CURVE.top)];
      const values = cells.map((each) => each?.value ?? null);
      let now = value;
      dot.setPointerCapture(event.pointerId);
      dot.onpointermove = (moved) => {
        now = Math.round(clip(-MOST, value - (moved.clientY - from) * scale, MOST) * 10) / 10;
        values[c] = now;
        dot.setAttribute("cy", yOf(now));
        label.setAttribute("y", yOf(now) - ABOVE);
        label.textContent = nice(now);
        path.setAttribute("d", line(values));
      };
      dot.onpointerup = dot.onpointercancel = () => {
        dot.onpointermove = dot.onpointerup = dot.onpointercancel = null;
        choose(keyOf("slot", FEELING, "step", step.id));
        if (now !== value || !cell) feel(step.id, now);
      };
    });
    return [dot, label];
  };
  const curveSaid = (cells) => {
    const parts = cells.flatMap((cell, c) => (cell ? [`${state.columns[c].step.name} ${nice(cell.value)}`] : []));
    return parts.length ? `Emotion claimed, from −2 to 2: ${parts.join(", ")}` : "Emotion: no step has one yet";
  };

  // The board. A part is made anew only where what it shows has changed.
  const board = h("div", { className: "mk-board", role: "grid", ondblclick: (event) => event.target.closest(".mk-cell, .mk-empty, .mk-step, .mk-stage, .mk-lane, .mk-corner") && edit() });
  const scroll = h("div", { className: "mk-scroll" }, board);
  const rowNodes = new Map();
  const drawn = new Map(); // key -> { node, shows }
  let wide = NARROW;
  let corner = null;
  const pick = (key, at = 0) => ({ tabIndex: -1, onpointerdown: (event) => event.button === 0 && choose(key, at), onfocus: () => (current.key !== key || current.at !== at) && choose(key, at, { focus: false }) });
  const stageNode = (stage) => h("div", { className: "mk-stage", role: "columnheader", title: stage.name, "aria-label": `Stage ${stage.name}, ${stage.steps.length} steps`, ...pick(keyOf("stage", stage.name)) }, h("bdi", { textContent: stage.name }));
  const stepNode = (step, stage) => {
    const { onpointerdown, ...rest } = pick(keyOf("step", step.id));
    const start = (event) => {
      onpointerdown(event);
      lift(event, step.id);
    };
    return h("div", { className: "mk-step", role: "columnheader", title: step.name, "aria-label": `Step ${step.name} of ${stage.name}`, ...rest, onpointerdown: start }, h("bdi", { textContent: step.name }));
  };
  const laneNode = (lane) => h("div", { className: "mk-lane", role: "rowheader", title: lane, "aria-label": `Lane ${lane}`, ...pick(keyOf("lane", lane)) }, h("bdi", { textContent: lane.replaceAll("_", " ") }));
  const slotNode = (lane, kind, name, label, cells) => {
    const key = keyOf("slot", lane, kind, name);
    const empty = () => h("div", { className: "mk-empty", role: "gridcell", "aria-label": `${lane}, ${label}: empty`, ...pick(key) });
    return h("div", { className: "mk-slot", role: "presentation" }, ...(cells.length ? cells.map((cell, at) => cellNode(cell, `${lane}, ${label}`, pick(key, at))) : [empty()]));
  };
  const cellNode = (cell, where, picked) => {
    const seen = cell.seen;
    const badges = [
      cell.severity === null ? null : h("span", { className: "mk-badge mk-pain", textContent: `pain ${cell.severity}` }),
      cell.owner ? h("span", { className: "mk-badge", title: `Owner: ${cell.owner}` }, "owner ", h("bdi", { textContent: cell.owner })) : null,
      cell.touchpoint ? h("span", { className: "mk-badge", title: `Touchpoint: ${cell.touchpoint}` }, "at ", h("bdi", { textContent: cell.touchpoint })) : null,
    ].filter(Boolean);
    const two = [
      cell.claimed ? h("div", { className: "mk-claimed", "data-mark": "○" }, h("bdi", { textContent: seen.claimed || cell.claimed }), " claimed") : null,
      seen.observed ? h("div", { "data-mark": "●" }, h("b", { textContent: seen.observed.split(" [")[0] }), seen.observed.includes(" [") ? ` [${seen.observed.split(" [").slice(1).join(" [")}` : "") : null,
      seen.state && (cell.claimed || seen.observed) ? h("div", { className: "mk-verdict", textContent: STATES[seen.state] ?? seen.state }) : null,
    ].filter(Boolean);
    const spoken = [where, cell.says, cell.claimed && `claimed ${cell.claimed}`, seen.sentence, cell.severity !== null && `pain point, severity ${cell.severity}`, cell.owner && `owner ${cell.owner}`, `evidence ${cell.grade}, ${GRADES[cell.grade]}`];
    return h(
      "div",
      { className: "mk-cell", role: "gridcell", "data-grade": cell.grade, "data-state": seen.state ?? "", "aria-label": spoken.filter(Boolean).join("; ").slice(0, 1000), ...picked },
      h("bdi", { className: "mk-says", textContent: cell.says.slice(0, 2000) }),
      h("span", { className: "mk-grade", "data-grade": cell.grade, title: `Evidence: ${GRADES[cell.grade]}`, textContent: cell.grade }),
      ...(two.length ? [h("div", { className: "mk-two" }, ...two)] : []),
      ...(badges.length ? [h("div", { className: "mk-badges" }, ...badges)] : []),
    );
  };
  const plan = () => {
    const parts = [];
    const put = (row, key, at, shows, make) => parts.push({ row, key, at, shows: JSON.stringify(shows), make });
    put("stages", "map", "1 / 1 / 3 / 2", 0, () => h("div", { className: "mk-corner", title: "About the map", "aria-label": "About the map", role: "columnheader", ...pick("map") }, h("span", { textContent: "about" })));
    let c = 2;
    for (const stage of state.stages) {
      const across = Math.max(stage.steps.length, 1);
      put("stages", keyOf("stage", stage.name), `1 / ${c} / 2 / ${c + across}`, [stage.name, stage.steps.length], () => stageNode(stage));
      c += across;
    }
    for (const [k, { stage, step }] of state.columns.entries()) {
      const at = `2 / ${k + 2}`;
      if (step) put("steps", keyOf("step", step.id), at, [step.name, stage.name], () => stepNode(step, stage));
      else put("steps", keyOf("nostep", stage.name), at, 0, () => h("div", { className: "mk-step mk-nostep", role: "columnheader", textContent: "no step yet" }));
    }
    let row = 3;
    for (const lane of state.lanes) {
      const [begun, whole] = [row, hasWide(lane)];
      const rows = (lane === FEELING) + whole + 1;
      put(`lane ${lane}`, keyOf("lane", lane), `${row} / 1 / ${row + rows} / 2`, lane, () => laneNode(lane));
      if (lane === FEELING) put(`lane ${lane}`, "curve", `${row++} / 2 / ${begun + 1} / ${state.columns.length + 2}`, [wide, state.columns.map(({ step }) => [step?.id, step?.name]), felt()], curve);
      if (whole) {
        let from = 2;
        for (const stage of state.stages) {
          const across = Math.max(stage.steps.length, 1);
          putSlot(put, lane, "stage", stage.name, `${row} / ${from} / ${row + (stage.steps.length ? 1 : 2)} / ${from + across}`, `the whole stage ${stage.name}`);
          from += across;
        }
        row++;
      }
      for (const [k, { stage, step }] of state.columns.entries()) {
        if (step) putSlot(put, lane, "step", step.id, `${row} / ${k + 2}`, step.name);
        else if (!whole) putSlot(put, lane, "stage", stage.name, `${row} / ${k + 2}`, `stage ${stage.name}`);
      }
      row++;
    }
    return parts;
  };
  const putSlot = (put, lane, kind, name, at, label) => {
    const cells = cellsOf(lane, kind, name);
    put(`lane ${lane}`, keyOf("slot", lane, kind, name), at, [label, cells], () => slotNode(lane, kind, name, label, cells));
  };
  const draw = () => {
    compute();
    wide = fitting();
    const focused = board.contains(active()) && !typing;
    const parts = plan();
    const rows = new Map();
    for (const part of parts) {
      let have = drawn.get(part.key);
      if (have?.shows !== part.shows) {
        const node = part.make();
        have?.node.remove();
        drawn.set(part.key, (have = { node, shows: part.shows, at: "" }));
      }
      if (have.at !== part.at) have.node.style.gridArea = have.at = part.at;
      if (!rows.has(part.row)) rows.set(part.row, []);
      rows.get(part.row).push(have.node);
    }
    const keys = new Set(parts.map((part) => part.key));
    for (const key of drawn.keys()) if (!keys.has(key)) drawn.get(key).node.remove(), drawn.delete(key);
    corner = drawn.get("map").node;
    inOrder(board, [...rows].map(([name, nodes]) => inOrder(rowOf(name), nodes)));
    for (const name of rowNodes.keys()) if (!rows.has(name)) rowNodes.get(name).remove(), rowNodes.delete(name);
    board.style.gridTemplateColumns = `var(--lane) repeat(${state.columns.length}, ${wide}px)`;
    settle(focused);
  };
  // Columns share the room there is, as long as they stay legible.
  const fitting = () => clip(NARROW, Math.floor((scroll.clientWidth - (corner?.offsetWidth ?? 0)) / state.columns.length) - 1, WIDE);
  const rowOf = (name) => {
    if (!rowNodes.has(name)) rowNodes.set(name, h("div", { className: "mk-row", role: "row" }));
    return rowNodes.get(name);
  };
  const inOrder = (parent, nodes) => {
    let next = parent.firstChild;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else parent.insertBefore(node, next);
    }
    return parent;
  };
  const settle = (focused) => {
    const made = !pending.length && wanted?.();
    if (!pending.length) wanted = null;
    const [key, at] = Array.isArray(made) ? made : [made, 0];
    if (key && drawn.has(key)) return choose(key, at, { focus: !details.contains(active()) });
    if (!drawn.has(current.key)) {
      const rows = nav();
      current = { key: keyAt(rows[0], clip(-1, column, state.columns.length - 1)), at: 0 };
    }
    choose(current.key, Math.min(current.at, countAt(current.key) - 1), { focus: focused });
  };

  // The details of the current part: fields that are filled anew, except the one that is being typed in.
  const details = h("div", { className: "mk-details", role: "group" });
  let built = "";
  let fields = [];
  const field = (label, read, write, make = () => h("input", { type: "text", spellcheck: false })) => {
    const input = make();
    input.addEventListener("change", () => input.value !== input.dataset.was && write(input.value));
    fields.push([input, read]);
    return h("label", {}, label, input);
  };
  const area = (rows) => () => h("textarea", { rows, spellcheck: false, style: `height:${rows * 20 + 10}px` });
  const list = (values) => () => h("select", {}, ...["", ...values].map((value) => h("option", { value, textContent: value || "by its lane" })));
  const hinted = (placeholder) => () => h("input", { type: "text", spellcheck: false, placeholder });
  const lines = (text) => text.split("\n");
  const buildDetails = ([kind, ...rest]) => {
    fields = [];
    if (kind === "map") {
      const part = (label, name, make) => field(label, () => model.get("head")[name], (value) => send({ do: "edit_map", set: { [name]: value } }), make);
      const states = () => h("select", {}, ...["as-is", "to-be"].map((value) => h("option", { value, textContent: value })));
      return [part("Title", "title"), part("State", "state", states), part("Persona", "persona"), part("Segment of the log", "segment"), part("Who that is", "who"), part("Scenario", "scenario"), wholeWidth(part("Description", "description", area(2)))];
    }
    if (kind === "step") {
      const change = (name, read) => (value) => send({ do: "edit_step", step: rest[0], set: { [name]: read(value) } });
      const step = () => stepAt(rest[0])?.step;
      return [
        field("Name of the step", () => step()?.name, change("name", String)),
        field("Events that witness it, one a line", () => step()?.events.join("\n"), change("events", lines), area(3)),
        field("Touchpoints, one a line", () => step()?.touchpoints.join("\n"), change("touchpoints", lines), area(3)),
      ];
    }
    if (kind === "slot" && cellNow()) {
      const at = current.at;
      const cell = () => cellsOf(...rest)[at];
      const part = (label, name, make) => field(label, () => cell()?.[name] ?? "", (value) => changeCell(rest, at, { [name]: value }), make);
      const sentence = h("div", { className: "mk-whole mk-sentence" });
      fields.push([{ set value(text) { sentence.textContent = text; sentence.hidden = !text; }, dataset: {} }, () => cell()?.seen.sentence ?? ""]);
      return [
        sentence, wholeWidth(part("Says", "says", area(3))), part("Claims", "claimed", hinted("0.6, 3d or a > b")), part("About", "about", list(ABOUT)), part("Owner", "owner"), part("Pain", "severity", hinted("0 to 1")),
        part("Touchpoint", "touchpoint"), part("Of step", "of"), part("To step", "to"), part("Within", "within", hinted("14d")), part("Known from", "source"), proofs(rest, at, cell),
      ];
    }
    const hints = { stage: "Enter renames the stage.", lane: "Enter renames the lane." };
    return [h("div", { className: "mk-quiet mk-whole", textContent: hints[kind] ?? "Nothing is said here yet. Enter writes a cell." })];
  };
  const wholeWidth = (label) => {
    label.classList.add("mk-whole");
    return label;
  };
  const proofs = (slot, at, cell) => {
    const box = h("div", { className: "mk-proofs" });
    const write = () => changeCell(slot, at, { evidence: [...box.children].map((row) => ({ kind: row.children[0].value, ref: row.children[1].value, n: row.children[2].value })) });
    const row = (k) => {
      const inputs = [
        h("select", { "aria-label": `Kind of evidence ${k + 1}` }, ...["", ...KINDS].map((value) => h("option", { value, textContent: value || "kind" }))),
        h("input", { type: "text", placeholder: "a note, a file, a link", "aria-label": `Reference of evidence ${k + 1}` }),
        h("input", { type: "text", inputMode: "numeric", placeholder: "n", "aria-label": `How many stand behind evidence ${k + 1}` }),
      ];
      for (const input of inputs) input.addEventListener("change", write);
      return h("div", { className: "mk-proof" }, ...inputs);
    };
    const holder = { dataset: {}, set value(_) {
      const evidence = cell()?.evidence ?? [];
      while (box.children.length > evidence.length + 1) box.lastChild.remove();
      while (box.children.length < evidence.length + 1) box.append(row(box.children.length));
      for (const [k, each] of [...box.children].entries()) {
        for (const [place, name] of ["kind", "ref", "n"].entries()) if (each.children[place] !== active()) each.children[place].value = evidence[k]?.[name] ?? "";
      }
    } };
    fields.push([holder, () => JSON.stringify(cell()?.evidence)]);
    return h("div", { className: "mk-whole" }, h("div", { className: "mk-quiet", textContent: "Evidence" }), box);
  };
  const drawDetails = () => {
    const key = keyOf(current.key, current.at, Boolean(cellNow()));
    if (built !== key) {
      built = key;
      details.replaceChildren(...buildDetails(what()));
      details.setAttribute("aria-label", `Details of ${what().slice(1).join(", ") || "the map"}`);
    }
    for (const [input, read] of fields) {
      const value = String(read() ?? "");
      if (input === active() && input.dataset.was !== undefined) continue;
      input.value = value;
      input.dataset.was = value;
    }
  };

  // Head, tools, file.
  const button = (text, react, more = {}) => h("button", { type: "button", className: "mk-button", textContent: text, onclick: react, ...more });
  const title = h("bdi", { className: "mk-title" });
  const about = h("bdi", { className: "mk-about" });
  const busy = h("span", { className: "mk-busy", role: "status" });
  const still = h("span", { className: "mk-still", hidden: true, textContent: "There is no Python behind this page: nothing can be changed here." });
  const undo = button("Undo", () => send({ do: "undo" }));
  const redo = button("Redo", () => send({ do: "redo" }));
  const measure = button("Measure again", () => send({ do: "measure" }));
  const message = h("div", { className: "mk-bar", role: "alert" });
  // Pressing a tool must not take what is being typed for finished before the tool acts.
  const tool = (text, react, title) => button(text, react, { title, onpointerdown: (event) => event.preventDefault() });
  const newStep = tool("+ Step", () => add("step"), "A step after the current one (Shift+Enter on a step)");
  const newStage = tool("+ Stage", () => add("stage"), "A stage after the current one (Shift+Enter on a stage)");
  const newLane = tool("+ Lane", () => add("lane"), "A lane below the current one (Shift+Enter on a lane)");
  const newCell = tool("+ Cell", () => add("cell"), "One more cell here (Shift+Enter on a cell)");
  const newWide = tool("+ Cell of the stage", () => add("wide"), "A cell for the whole stage in this lane (W)");
  const gone = tool("Remove", () => remove(), "Remove the current stage, step, lane or cell (Delete)");
  const drawTools = () => {
    const [kind, , place] = what();
    newCell.disabled = kind !== "slot";
    newWide.disabled = kind !== "slot" || (place === "stage" && !cellNow());
    gone.disabled = kind === "map" || (kind === "slot" && !cellNow());
  };
  const path = h("input", { type: "text", "aria-label": "File of the map", spellcheck: false });
  const saving = button("Save", () => save(), { title: "Control S" });
  const copying = button("Save as a copy", () => send({ do: "copy" }));
  const reloading = button("Reload", () => (model.get("unsaved") ? ((asked = true), drawFile()) : send({ do: "reload" })));
  const outcome = h("span", { className: "mk-outcome", role: "status" });
  const conflict = h("div", { className: "mk-bar mk-conflict", role: "alert" });
  let asked = false;
  const save = () => {
    stopTyping(true);
    if (details.contains(active())) active().blur();
    send({ do: "save", path: path.value });
  };
  const drawFile = () => {
    const { outcome: came, text } = model.get("file");
    const unsaved = model.get("unsaved");
    if (active() !== path) path.value = model.get("path");
    saving.classList.toggle("mk-main", unsaved);
    reloading.disabled = !model.get("has_file");
    const stands = ["changed", "exists", "failed"].includes(came);
    outcome.textContent = stands || asked ? "" : unsaved ? "Not saved yet." : came ? text : "";
    const keep = button("Save mine as a copy", () => send({ do: "copy" }), { className: "mk-button" });
    const take = button(unsaved ? "Reload and drop my changes" : "Reload", () => ((asked = false), send({ do: "reload" })));
    const stay = button("Keep editing", () => ((asked = false), drawFile()));
    conflict.hidden = !stands && !asked;
    const words = h("span", { textContent: asked && !stands ? "Reloading drops the changes that are not saved." : text });
    const choices = came === "changed" ? [take, keep] : stands ? [keep] : [take, keep, stay];
    refill(conflict, [came, text, unsaved, asked], conflict.hidden ? [] : [words, ...choices]);
  };
  const legend = h("div", { className: "mk-legend" });
  const drawLegend = () => {
    const marks = Object.entries(GRADES).map(([grade, name]) => h("span", {}, h("span", { className: "mk-grade", "data-grade": grade, textContent: grade }), ` ${name}`));
    refill(legend, model.get("measurable"), [h("span", { textContent: "Evidence:" }), ...marks, ...(model.get("measurable") ? [h("span", { textContent: "○ claimed   ● observed, with its interval" })] : [])]);
  };
  const unclaimed = h("details", { className: "mk-unclaimed" });
  const drawHead = () => {
    const head = model.get("head");
    title.textContent = title.title = head.title;
    about.textContent = about.title = [head.state, head.persona, head.scenario].filter(Boolean).join(" · ");
    board.setAttribute("aria-label", `Journey map ${head.title}`.slice(0, 300));
    for (const [each, key, verb] of [[undo, "undoes", "Undo"], [redo, "redoes", "Redo"]]) {
      each.disabled = !model.get(key);
      each.title = model.get(key) ? `${verb}: ${model.get(key)}` : `Nothing to ${verb.toLowerCase()}`;
    }
    measure.hidden = !model.get("measurable");
    measure.disabled = !model.get("outdated");
    measure.title = model.get("outdated") ? "The map changed since it was held against the data" : "The map was held against the data as it stands";
    message.hidden = !model.get("message");
    message.replaceChildren(h("span", { textContent: model.get("message").slice(0, 2000) }));
    const rest = model.get("unclaimed");
    unclaimed.hidden = !rest.length;
    refill(unclaimed, rest, [h("summary", { textContent: `${rest.length} not on the map, but in the data` }), h("ul", {}, ...rest.map((text) => h("li", { textContent: text })))]);
  };

  // All traits of one answer come one by one; what they make is drawn once.
  let scheduled = false;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      drawHead();
      draw();
      drawFile();
      drawLegend();
    });
  };
  let looked = 0;
  const look = () => {
    if (!model.get("has_file") || document.hidden || Date.now() - looked < LOOK_AGAIN) return;
    looked = Date.now();
    send({ do: "look" });
  };
  const entered = (event) => !el.contains(event.relatedTarget) && look();

  frame(el, "mk-editor", "mk-map");
  el.addEventListener("keydown", pressed);
  el.addEventListener("focusin", entered);
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
  el.append(
    h("div", { className: "mk-top" }, h("div", { className: "mk-titles" }, title, about), h("div", { className: "mk-actions" }, busy, still, measure)),
    h("div", { className: "mk-actions mk-file" }, path, saving, copying, reloading, outcome),
    conflict,
    message,
    h("div", { className: "mk-actions mk-tools" }, undo, redo, newStep, newStage, newLane, newCell, newWide, gone),
    scroll,
    legend,
    h("span", { className: "mk-quiet mk-keys", textContent: "Keys: arrows choose, Enter edits, Shift+Enter adds, Delete removes, Alt+arrows move, + and − change an emotion, Ctrl+Z undoes, Ctrl+S saves." }),
    details,
    unclaimed,
    said,
  );
  on(["slots"], () => (readSlots(), schedule()));
  on(["patch"], patched);
  on(["answered"], answered);
  on(["head", "stages", "lanes", "measurable", "outdated", "unclaimed", "undoes", "redoes", "unsaved", "path", "has_file", "file", "message"], schedule);
  readSlots();
  for (const each of [drawHead, draw, drawFile, drawLegend]) each();
  const sight = new ResizeObserver(() => fitting() !== wide && draw());
  sight.observe(scroll);

  return () => {
    stopListening();
    for (const [kind, react] of dragged) window.removeEventListener(kind, react, true);
    window.removeEventListener("focus", look);
    document.removeEventListener("visibilitychange", look);
    el.removeEventListener("keydown", pressed);
    el.removeEventListener("focusin", entered);
    clocks.forEach(clearTimeout);
    sight.disconnect();
  };
}

export default { render };
