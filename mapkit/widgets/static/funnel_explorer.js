// The page of a FunnelExplorer. It draws traits and changes traits; every number comes from Python.
// Text from data is set as text, never as markup.

const WINDOWS = [
  ["", "No limit"],
  ["30min", "30 minutes"],
  ["1h", "1 hour"],
  ["1d", "1 day"],
  ["7d", "7 days"],
  ["14d", "14 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
];
const ORDERS = [
  ["ordered", "In order"],
  ["strict", "In order, nothing between"],
  ["any", "Any order"],
];
const UNITS = { customer: "Customers", session: "Sessions", event: "First-step events" };
const KINDS = { stage: "stage", step: "own step", event: "" };
const SETTINGS = ["steps", "model", "window", "order", "unit", "breakdown"];
const MOST_LISTED = 100;

function render({ model, el }) {
  const id = `mk-explorer-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (name, value) => {
    model.set(name, value);
    model.save_changes();
    settle();
  };

  const { said, say } = speaking();

  // Settings above the picture.
  const choose = (label, name, act = (value) => change(name, value)) => chooser(id, label, name, act);
  const stages = choose("Stages", "model");
  const order = choose("Order", "order");
  const unit = choose("Count", "unit");
  const breakdown = choose("Split by", "breakdown", (value) => change("breakdown", value || null));
  const span = choose("Window", "window", (value) => {
    free.hidden = value !== "other";
    if (free.hidden) change("window", value || null);
    else free.focus();
  });
  const free = h("input", {
    type: "text",
    className: "mk-free",
    placeholder: "such as 36h",
    "aria-label": "Window: a number and s, min, h, d or w",
    onchange: () => change("window", free.value.trim() || null),
    onkeydown: (event) => {
      if (event.key === "Enter") change("window", free.value.trim() || null);
    },
  });
  span.field.append(free);
  const drawSettings = () => {
    fill(stages.select, model.get("models"), model.get("model"));
    fill(order.select, ORDERS, model.get("order"));
    fill(unit.select, model.get("units").map((key) => [key, UNITS[key] ?? key]), model.get("unit"));
    const columns = model.get("breakdowns").map((key) => [key, key]);
    fill(breakdown.select, [["", "Nothing"], ...columns], model.get("breakdown") ?? "");
    const window = model.get("window") ?? "";
    const preset = WINDOWS.some(([key]) => key === window);
    fill(span.select, [...WINDOWS, ["other", "Other …"]], preset ? window : "other");
    free.hidden = preset;
    free.value = preset ? "" : window;
  };

  // Steps: an ordered list of chips.
  let held = null; // the steps before a chip was picked up by keyboard, or null
  let dragged = null; // {from: index} or {name}
  const chips = h("ol", { className: "mk-steps", "aria-label": "Steps of the funnel, in order" });
  const countOf = (name) => model.get("choices").find((choice) => choice[1] === name);

  const move = (from, to, focus = true) => {
    const steps = [...model.get("steps")];
    const [step] = steps.splice(from, 1);
    to = clip(0, to, steps.length);
    steps.splice(to, 0, step);
    if (!same(steps, model.get("steps"))) {
      change("steps", steps);
      say(`${step}: now step ${to + 1} of ${steps.length}.`);
    }
    if (focus) focusChip(to);
  };
  const remove = (index) => {
    const steps = [...model.get("steps")];
    const [step] = steps.splice(index, 1);
    held = null;
    change("steps", steps);
    say(`${step}: removed. ${steps.length} steps are left.`);
    if (steps.length) focusChip(Math.min(index, steps.length - 1));
    else search.focus();
  };
  const add = (name, at = model.get("steps").length) => {
    const steps = [...model.get("steps")];
    steps.splice(at, 0, name);
    change("steps", steps);
    say(`${name}: added as step ${at + 1} of ${steps.length}.`);
  };
  const focusChip = (index) => chips.children[index]?.querySelector(".mk-chip")?.focus();

  const pressed = (event, index) => {
    const last = model.get("steps").length - 1;
    const step = model.get("steps")[index];
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.target.closest("button")) return;
    if (way && (event.altKey || held)) move(index, clip(0, index + way, last));
    else if (way) focusChip(clip(0, index + way, last));
    else if (event.key === "Home") held ? move(index, 0) : focusChip(0);
    else if (event.key === "End") held ? move(index, last) : focusChip(last);
    else if (event.key === "Delete" || event.key === "Backspace") remove(index);
    else if (event.key === " " || event.key === "Enter") {
      held = held ? null : [...model.get("steps")];
      say(held ? `${step}: picked up. Arrows move it, space puts it down, escape puts it back.` : `${step}: put down.`);
      drawSteps();
      focusChip(index);
    } else if (event.key === "Escape" && held) {
      const before = held;
      held = null;
      change("steps", before);
      drawSteps();
      focusChip(before.indexOf(step));
      say(`${step}: put back.`);
    } else return;
    event.preventDefault();
  };

  const tool = (label, sign, act, disabled = false) =>
    h("button", { type: "button", className: "mk-tool", "aria-label": label, title: label, disabled, onclick: act }, sign);

  const chip = (name, index, all) => {
    const choice = countOf(name);
    const label = `${name}, step ${index + 1} of ${all.length}`;
    const body = h(
      "div",
      {
        className: "mk-chip",
        tabIndex: 0,
        draggable: true,
        role: "group",
        "aria-roledescription": "movable step",
        "aria-label": held && document.activeElement?.dataset?.step === String(index) ? `${label}, picked up` : label,
        "aria-describedby": `${id}-keys`,
        title: name,
        onkeydown: (event) => pressed(event, index),
        onblur: () => setTimeout(() => {
          if (held && !chips.contains(document.activeElement)) {
            held = null;
            drawSteps();
          }
        }),
        ondragstart: (event) => {
          dragged = { from: index };
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", name);
          body.classList.add("mk-dragged");
        },
        ondragend: endDrag,
      },
      h("span", { className: "mk-rank", "aria-hidden": "true", textContent: index + 1 }),
      h("bdi", { className: "mk-name", textContent: name }),
      h("span", { className: "mk-count", textContent: choice?.[2] == null ? "" : number.format(choice[2]) }),
      h(
        "span",
        { className: "mk-tools" },
        tool(`Move ${name} up`, "↑", () => move(index, index - 1), index === 0),
        tool(`Move ${name} down`, "↓", () => move(index, index + 1), index === all.length - 1),
        tool(`Remove ${name}`, "×", () => remove(index)),
      ),
    );
    body.dataset.step = index;
    return h("li", {}, body);
  };

  const drawSteps = () => {
    const focused = chips.contains(document.activeElement) ? Number(document.activeElement.dataset.step) : NaN;
    const steps = model.get("steps");
    chips.replaceChildren(...steps.map(chip));
    chips.classList.toggle("mk-held", held !== null);
    if (!steps.length) {
      chips.append(h("li", { className: "mk-hint", textContent: "No steps yet. Pick the first one below, or drag it here." }));
    }
    if (!Number.isNaN(focused)) focusChip(Math.min(focused, steps.length - 1));
  };

  // Dragging: a line shows where the chip would land.
  const placeAt = (y) => {
    const boxes = [...chips.querySelectorAll(".mk-chip")].map((each) => each.getBoundingClientRect());
    const before = boxes.findIndex((box) => y < box.top + box.height / 2);
    return before < 0 ? boxes.length : before;
  };
  const mark = (place) => {
    [...chips.children].forEach((item, index, all) => {
      item.classList.toggle("mk-before", index === place);
      item.classList.toggle("mk-after", index === all.length - 1 && place === all.length);
    });
  };
  function endDrag() {
    dragged = null;
    mark(-1);
    chips.classList.remove("mk-target");
    for (const each of el.querySelectorAll(".mk-dragged")) each.classList.remove("mk-dragged");
  }
  const over = (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    chips.classList.add("mk-target");
    mark(placeAt(event.clientY));
  };
  const drop = (event) => {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    const place = placeAt(event.clientY);
    const { from, name } = dragged;
    endDrag();
    if (name !== undefined) add(name, place);
    else move(from, place > from ? place - 1 : place);
  };
  chips.addEventListener("dragover", over);
  chips.addEventListener("drop", drop);
  chips.addEventListener("dragleave", (event) => {
    if (!chips.contains(event.relatedTarget)) mark(-1);
  });

  // What can be added: search, then pick.
  let active = 0;
  let found = [];
  const list = h("div", { className: "mk-choices", id: `${id}-choices`, role: "listbox", "aria-label": "Stages and events that can be a step" });
  const search = h("input", {
    type: "search",
    placeholder: "Search stages and events",
    role: "combobox",
    autocomplete: "off",
    spellcheck: false,
    "aria-label": "Add a step: search stages and events",
    "aria-expanded": "true",
    "aria-controls": list.id,
    oninput: () => {
      active = 0;
      drawChoices();
    },
    onkeydown: (event) => {
      const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (way) {
        active = clip(0, active + way, Math.min(found.length, MOST_LISTED) - 1);
        drawChoices();
      } else if (event.key === "Enter" && found[active]) add(found[active][1]);
      else if (event.key === "Escape" && search.value) {
        search.value = "";
        drawChoices();
      } else return;
      event.preventDefault();
    },
  });
  const option = ([kind, name, count], index) => {
    const item = h(
      "div",
      {
        className: "mk-choice",
        id: `${id}-choice-${index}`,
        role: "option",
        "aria-selected": String(index === active),
        title: name,
        draggable: true,
        onclick: () => {
          active = index;
          add(name);
          drawChoices();
        },
        ondragstart: (event) => {
          dragged = { name };
          event.dataTransfer.effectAllowed = "copy";
          event.dataTransfer.setData("text/plain", name);
        },
        ondragend: endDrag,
      },
      h("bdi", { className: "mk-name", textContent: name }),
      h("span", { className: "mk-kind", textContent: KINDS[kind] ?? kind }),
      h("span", { className: "mk-count", textContent: count == null ? "" : number.format(count) }),
    );
    return item;
  };
  const drawChoices = () => {
    const wanted = search.value.trim().toLowerCase();
    found = model.get("choices").filter(([, name]) => name.toLowerCase().includes(wanted));
    const listed = found.slice(0, MOST_LISTED);
    list.replaceChildren(...listed.map(option));
    const unlisted = found.length - listed.length;
    const notes = [
      found.length ? "" : "Nothing has this in its name.",
      unlisted ? `${number.format(unlisted)} more: type to narrow the list.` : "",
      model.get("more_names") ? `${number.format(model.get("more_names"))} rarer names are not listed; Python takes any.` : "",
    ].filter(Boolean);
    if (notes.length) list.append(h("div", { className: "mk-hint", textContent: notes.join(" ") }));
    if (listed.length) search.setAttribute("aria-activedescendant", `${id}-choice-${active}`);
    else search.removeAttribute("aria-activedescendant");
    const current = list.children[active];
    if (current && document.activeElement === search) current.scrollIntoView({ block: "nearest" });
  };

  // The answer: picture, or words in its place.
  const empty = h("div", { className: "mk-empty" }, "The picture of the funnel appears here with the first step.");
  const { figure, busy, still, drawPicture, forget } = pictureFigure(model, empty);

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));

  // The same funnel in Python, and how it was counted.
  const { counted, heading, code, drawWords } = wordsBelow(model, "Python that makes this funnel", say);

  frame(el, "mk-explorer", "mk-pictured", "mk-funnel");
  el.append(
    h("div", { className: "mk-settings", role: "group", "aria-label": "Settings of the funnel" }, stages.field, span.field, order.field, unit.field, breakdown.field),
    h(
      "div",
      { className: "mk-body" },
      h(
        "div",
        { className: "mk-side" },
        h("div", { className: "mk-heading", textContent: "Steps" }),
        chips,
        h("div", { className: "mk-heading", textContent: "Add a step" }),
        search,
        list,
        h("div", { id: `${id}-keys`, className: "mk-keys", textContent: "Drag, or press space to pick a step up and move it with the arrows. Delete removes it." }),
      ),
      h(
        "div",
        { className: "mk-answer" },
        figure,
        counted,
        heading,
        code,
      ),
    ),
    said,
  );

  on(["models", "model", "window", "order", "unit", "units", "breakdown", "breakdowns"], drawSettings);
  on(["steps", "choices"], drawSteps);
  on(["choices", "more_names"], drawChoices);
  on(["picture", "alt", "message"], drawPicture);
  on(["code", "notes"], drawWords);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawSteps, drawChoices, drawPicture, drawWords, settle]) draw();

  return () => {
    stopListening();
    stopWaiting();
    forget();
  };
}

export default { render };
