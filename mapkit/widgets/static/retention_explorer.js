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

function render({ model, el }) {
  const id = `mk-retention-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (name, value) => {
    model.set(name, value);
    model.save_changes();
    settle();
  };
  const { said, say } = speaking();

  // Settings above the picture.
  const choose = (label, name, act = (value) => change(name, value)) => chooser(id, label, name, act);
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
  const { figure, busy, still, drawPicture, forget } = pictureFigure(model);

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));

  // The same in Python, and how it was counted.
  const { counted, heading, code, drawWords } = wordsBelow(model, "Python that measures the same", say);

  frame(el, "mk-explorer", "mk-pictured", "mk-retention");
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
      h("div", { className: "mk-answer" }, figure, counted, heading, code),
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
    stopListening();
    stopWaiting();
    forget();
  };
}

export default { render };
