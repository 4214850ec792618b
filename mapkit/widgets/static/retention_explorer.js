// The page of a RetentionExplorer. It draws traits and changes traits; every number comes from Python.
// Text from data is set as text, never as markup.

const PERIODS = [
  ["hour", "Hours"],
  ["day", "Days"],
  ["week", "Weeks"],
  ["month", "Months"],
];
const KINDS = [
  ["classic", "In the period"],
  ["unbounded", "In the period or later"],
  ["bracket", "In groups of periods"],
];
const ANCHORS = [
  ["calendar", "On the calendar"],
  ["customer", "From each first event"],
];
const FORMS = [
  ["", "As it fits"],
  ["triangle", "Triangle"],
  ["curves", "Curves"],
];
const SETTINGS = ["period", "kind", "anchor", "first", "target", "by", "form"];
const MOST_LISTED = 500;

const same = (one, two) => JSON.stringify(one ?? null) === JSON.stringify(two ?? null);

function render({ model, el }) {
  const id = `mk-retention-${++made}`;
  const listeners = [];
  const on = (names, draw) => {
    for (const name of names) {
      model.on(`change:${name}`, draw);
      listeners.push([`change:${name}`, draw]);
    }
  };
  const change = (name, value) => {
    model.set(name, value);
    model.save_changes();
    settle();
  };
  const said = h("div", { className: "mk-unseen", "aria-live": "polite" });
  const say = (text) => (said.textContent = text);

  // Settings above the picture.
  const choose = (label, name, act = (value) => change(name, value)) => {
    const select = h("select", { id: `${id}-${name}`, onchange: () => act(select.value) });
    const field = h("div", { className: "mk-field" }, h("label", { htmlFor: select.id, textContent: label }), select);
    return { select, field };
  };
  const fill = (select, pairs, value) => {
    const known = pairs.some(([key]) => key === value) ? pairs : [...pairs, [value, String(value)]];
    select.replaceChildren(...known.map(([key, label]) => h("option", { value: key, textContent: label })));
    select.value = value;
  };
  const period = choose("Cohorts by", "period");
  const kind = choose("Came back", "kind");
  const anchor = choose("Periods", "anchor");
  const by = choose("Split by", "by", (value) => change("by", value || null));
  const form = choose("Show", "form");
  const drawSettings = () => {
    fill(period.select, PERIODS, model.get("period"));
    fill(kind.select, KINDS, model.get("kind"));
    fill(anchor.select, ANCHORS, model.get("anchor"));
    fill(by.select, [["", "Nothing"], ...model.get("columns").map((key) => [key, key])], model.get("by") ?? "");
    fill(form.select, FORMS, model.get("form"));
  };

  // Names of events or stages: typed or picked from the list, as many as wanted; none is any event.
  const names = h("datalist", { id: `${id}-names` });
  const drawNames = () => {
    const listed = model.get("choices").slice(0, MOST_LISTED);
    names.replaceChildren(
      ...listed.map(([sort, name, rows]) => {
        const count = rows == null ? "" : number.format(rows);
        return h("option", { value: name, textContent: sort === "stage" ? `stage ${count}` : count });
      }),
    );
  };
  const pickNames = (label, name) => {
    const picks = h("div", { className: "mk-picks" });
    const input = h("input", {
      type: "text",
      id: `${id}-${name}`,
      list: names.id,
      autocomplete: "off",
      spellcheck: false,
      onchange: () => add(),
      oninput: (event) => {
        // A name picked from the list, and not typed, is meant.
        if (!event.inputType || event.inputType === "insertReplacementText") add();
      },
      onkeydown: (event) => {
        if (event.key === "Enter") add();
        else if (event.key === "Backspace" && !input.value && model.get(name).length) remove(model.get(name).at(-1));
      },
    });
    const add = () => {
      const typed = input.value.trim();
      input.value = "";
      if (!typed || model.get(name).includes(typed)) return;
      change(name, [...model.get(name), typed]);
      say(`${label}: ${typed} added.`);
    };
    const remove = (which) => {
      change(name, model.get(name).filter((each) => each !== which));
      say(`${label}: ${which} removed.`);
      input.focus();
    };
    const draw = () => {
      input.placeholder = model.get(name).length ? "or also …" : "Any event";
      picks.replaceChildren(
        ...model.get(name).map((each) =>
          h(
            "span",
            { className: "mk-pick", title: each },
            h("bdi", { className: "mk-name", textContent: each }),
            h(
              "button",
              { type: "button", className: "mk-tool", "aria-label": `Remove ${each} from ${label}`, onclick: () => remove(each) },
              "×",
            ),
          ),
        ),
      );
    };
    const field = h("div", { className: "mk-field" }, h("label", { htmlFor: input.id, textContent: label }), input, picks);
    return { field, draw };
  };
  const first = pickNames("Begins with", "first");
  const target = pickNames("Comes back with", "target");

  // The answer: picture, or words in its place.
  let address = null;
  const image = h("img", { className: "mk-image", alt: "" });
  const message = h("div", { className: "mk-message", role: "alert" });
  const busy = h("div", { className: "mk-busy", role: "status" });
  const still = h("div", { className: "mk-still", hidden: true }, "There is no Python behind this page, so the picture stays as it was saved.");
  const figure = h("div", { className: "mk-figure" }, busy, still, image, message);
  const drawPicture = () => {
    const bytes = model.get("picture");
    if (address) URL.revokeObjectURL(address);
    address = bytes?.byteLength ? URL.createObjectURL(new Blob([bytes], { type: "image/png" })) : null;
    if (address) image.src = address;
    else image.removeAttribute("src");
    image.hidden = !address;
    image.alt = model.get("alt");
    message.textContent = model.get("message");
    message.hidden = !message.textContent;
  };

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, () => {
    const shown = model.get("shown");
    return SETTINGS.every((name) => same(shown[name] || null, model.get(name) || null));
  });

  // The same in Python, and how it was counted.
  const { code, copy } = pythonCode(model, "Python that measures the same", say);
  const notes = h("ul", {});
  const counted = h("details", { className: "mk-notes" }, h("summary", { textContent: "How this was counted" }), notes);
  const drawWords = () => {
    code.textContent = model.get("code");
    notes.replaceChildren(...model.get("notes").map((note) => h("li", { textContent: note })));
    counted.hidden = !model.get("notes").length;
  };

  el.classList.add("mk-canvas", "mk-explorer", "mk-retention");
  // Without this JupyterLab takes keys such as the arrows for its own.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(
    h(
      "div",
      { className: "mk-settings", role: "group", "aria-label": "Settings of the retention" },
      ...[period, kind, anchor, by, form, first, target].map(({ field }) => field),
      names,
    ),
    h(
      "div",
      { className: "mk-body" },
      h("div", { className: "mk-answer" }, figure, counted, h("div", { className: "mk-heading mk-codehead" }, "The same in Python", copy), code),
    ),
    said,
  );

  on(["period", "kind", "anchor", "by", "form", "columns"], drawSettings);
  on(["choices"], drawNames);
  on(["first"], first.draw);
  on(["target"], target.draw);
  on(["picture", "alt", "message"], drawPicture);
  on(["code", "notes"], drawWords);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawNames, first.draw, target.draw, drawPicture, drawWords, settle]) draw();

  return () => {
    for (const [name, draw] of listeners) model.off(name, draw);
    stopWaiting();
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
