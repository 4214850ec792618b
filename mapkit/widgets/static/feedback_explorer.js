// The page of a FeedbackExplorer. It draws traits and changes traits; every number comes from Python.
// Text from data is set as text, never as markup.

const METRICS = {
  nps: "Recommendation (NPS)",
  csat: "Satisfied (CSAT)",
  satisfaction: "Satisfied with it",
  ces: "Effort (CES)",
  emotion: "Feelings",
  opportunity: "Importance and satisfaction",
};
const RATERS = [
  ["customer", "Customers"],
  ["employee", "Employees"],
  ["all", "Everybody"],
];
const SETTINGS = ["metric", "by", "first", "second", "rater", "minimum_n"];

const same = (one, two) => JSON.stringify(one ?? null) === JSON.stringify(two ?? null);

function render({ model, el }) {
  const id = `mk-feedback-${++made}`;
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
  const metric = choose("Question", "metric");
  const by = choose("Split by", "by", (value) => change("by", value || null));
  const first = choose("Wave", "first");
  const second = choose("Against wave", "second");
  const rater = choose("Answers of", "rater");
  const least = h("input", {
    type: "number",
    id: `${id}-minimum_n`,
    min: 1,
    step: 1,
    onchange: () => take(),
    onkeydown: (event) => {
      if (event.key === "Enter") take();
    },
  });
  const take = () => {
    const typed = Math.round(Number(least.value));
    if (typed >= 1 && typed !== model.get("minimum_n")) change("minimum_n", typed);
    else least.value = model.get("minimum_n");
  };
  const fewest = h("div", { className: "mk-field" }, h("label", { htmlFor: least.id, textContent: "Hide groups below" }), least);
  const drawSettings = () => {
    const waves = model.get("waves").map((name) => [name, name]);
    fill(metric.select, model.get("metrics").map((key) => [key, METRICS[key] ?? key]), model.get("metric"));
    fill(by.select, [["", "Nothing"], ...model.get("columns").map((key) => [key, key])], model.get("by") ?? "");
    fill(first.select, [["", "All"], ...waves], model.get("first"));
    fill(second.select, [["", "None"], ...waves], model.get("second"));
    fill(rater.select, RATERS, model.get("rater"));
    least.value = model.get("minimum_n");
    for (const { field } of [first, second]) field.hidden = !waves.length;
    // Feelings are always shown for customers and employees apart.
    rater.field.hidden = model.get("metric") === "emotion";
  };

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
  const verdict = h("p", { className: "mk-verdict", "aria-live": "polite" });
  const drawWords = () => {
    verdict.textContent = model.get("verdict");
    verdict.hidden = !verdict.textContent;
    code.textContent = model.get("code");
    notes.replaceChildren(...model.get("notes").map((note) => h("li", { textContent: note })));
    counted.hidden = !model.get("notes").length;
  };

  el.classList.add("mk-canvas", "mk-explorer", "mk-feedback");
  // Without this JupyterLab takes keys such as the arrows for its own.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(
    h(
      "div",
      { className: "mk-settings", role: "group", "aria-label": "Settings of the feedback" },
      ...[metric, by, first, second, rater].map(({ field }) => field),
      fewest,
    ),
    h(
      "div",
      { className: "mk-body" },
      h("div", { className: "mk-answer" }, verdict, figure, counted, h("div", { className: "mk-heading mk-codehead" }, "The same in Python", copy), code),
    ),
    said,
  );

  on(["metric", "by", "first", "second", "rater", "minimum_n", "metrics", "columns", "waves"], drawSettings);
  on(["picture", "alt", "message"], drawPicture);
  on(["code", "notes", "verdict"], drawWords);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawPicture, drawWords, settle]) draw();

  return () => {
    for (const [name, draw] of listeners) model.off(name, draw);
    stopWaiting();
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
