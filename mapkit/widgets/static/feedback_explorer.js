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

function render({ model, el }) {
  const id = `mk-feedback-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (name, value) => {
    model.set(name, value);
    model.save_changes();
    settle();
  };
  const { said, say } = speaking();

  // Settings above the picture.
  const choose = (label, name, act = (value) => change(name, value)) => chooser(id, label, name, act);
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
  const { figure, busy, still, drawPicture, forget } = pictureFigure(model);

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));

  // The same in Python, and how it was counted.
  const { counted, heading, code, drawWords } = wordsBelow(model, "Python that measures the same", say);
  const verdict = h("p", { className: "mk-verdict", "aria-live": "polite" });
  const drawVerdict = () => {
    verdict.textContent = model.get("verdict");
    verdict.hidden = !verdict.textContent;
  };

  frame(el, "mk-explorer", "mk-pictured", "mk-feedback");
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
      h("div", { className: "mk-answer" }, verdict, figure, counted, heading, code),
    ),
    said,
  );

  on(["metric", "by", "first", "second", "rater", "minimum_n", "metrics", "columns", "waves"], drawSettings);
  on(["picture", "alt", "message"], drawPicture);
  on(["code", "notes"], drawWords);
  on(["verdict"], drawVerdict);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawPicture, drawWords, drawVerdict, settle]) draw();

  return () => {
    stopListening();
    stopWaiting();
    forget();
  };
}

export default { render };
