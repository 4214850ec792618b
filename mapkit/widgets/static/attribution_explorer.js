// The page of an AttributionExplorer. It draws traits and changes traits; every number comes from Python.
// Text from data is set as text, never as markup.

const WINDOWS = [
  ["", "No limit"],
  ["1d", "1 day"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
];
const WAYS = { changes: "Changes of channel, visits", events: "Every event", sessions: "Sessions" };
const SHOWN = [
  ["share", "Share of conversions"],
  ["value", "Value"],
  ["removal", "Removal effect"],
];
const ORDERS = [
  ["1", "The last touch"],
  ["2", "The last 2 touches"],
  ["3", "The last 3 touches"],
];
const MODELS = {
  first: "First",
  last: "Last",
  last_non_direct: "Last non-direct",
  linear: "Linear",
  time_decay: "Time decay",
  position: "Position 40/20/40",
  markov: "Markov",
  shapley: "Shapley",
};
const SETTINGS = ["conversion", "touch", "touches", "window", "markov_order", "models", "show"];

function render({ model, el }) {
  const id = `mk-attribution-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (name, value) => {
    model.set(name, value);
    model.save_changes();
    settle();
  };
  const { said, say } = speaking();

  // Settings above the picture.
  const choose = (label, name, act = (value) => change(name, value)) => chooser(id, label, name, act);
  const show = choose("Show", "show");
  const conversion = choose("Conversion", "conversion");
  const touch = choose("Channel column", "touch");
  const ways = choose("A touch is", "touches");
  const window = choose("Look back", "window", (value) => change("window", value || null));
  const order = choose("Markov knows", "markov_order", (value) => change("markov_order", Number(value)));
  const ofEvents = [conversion, touch, ways, window];
  const drawSettings = () => {
    const names = model.get("conversions");
    for (const each of ofEvents) each.field.hidden = !names.length;
    fill(show.select, SHOWN, model.get("show"));
    fill(conversion.select, names.map((name) => [name, name]), model.get("conversion"));
    fill(touch.select, model.get("columns").map((name) => [name, name]), model.get("touch"));
    fill(ways.select, model.get("ways").map((name) => [name, WAYS[name] ?? name]), model.get("touches"));
    fill(window.select, WINDOWS, model.get("window") ?? "");
    fill(order.select, ORDERS, String(model.get("markov_order")));
  };

  // Models: a box to tick for each.
  const boxes = h("div", { className: "mk-models", role: "group", "aria-label": "Models that are shown" });
  const drawModels = () => {
    const chosen = model.get("models");
    const all = model.get("all_models");
    const focused = boxes.contains(document.activeElement) ? document.activeElement.value : null;
    boxes.replaceChildren(
      ...all.map((name) => {
        const box = h("input", {
          type: "checkbox",
          value: name,
          checked: chosen.includes(name),
          onchange: () => {
            const before = model.get("models");
            change("models", all.filter((each) => (each === name ? box.checked : before.includes(each))));
            say(`${MODELS[name] ?? name}: ${box.checked ? "shown" : "taken away"}.`);
          },
        });
        return h("label", { className: "mk-model" }, box, h("span", { textContent: MODELS[name] ?? name }));
      }),
    );
    if (focused) [...boxes.querySelectorAll("input")].find((box) => box.value === focused)?.focus();
  };

  // The answer: picture, or words in its place.
  const { figure, busy, still, drawPicture, forget } = pictureFigure(model);

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));

  // The same in Python, and how it was counted.
  const { counted, heading, code, drawWords } = wordsBelow(model, "Python that makes this picture", say);

  frame(el, "mk-explorer", "mk-pictured", "mk-attribution");
  el.append(
    h(
      "div",
      { className: "mk-settings", role: "group", "aria-label": "Settings of the attribution" },
      ...[show, conversion, touch, ways, window, order].map((each) => each.field),
    ),
    boxes,
    figure,
    counted,
    heading,
    code,
    said,
  );

  on(["show", "conversion", "conversions", "touch", "columns", "touches", "ways", "window", "markov_order"], drawSettings);
  on(["models", "all_models"], drawModels);
  on(["picture", "alt", "message"], drawPicture);
  on(["code", "notes"], drawWords);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawModels, drawPicture, drawWords, settle]) draw();

  return () => {
    stopListening();
    stopWaiting();
    forget();
  };
}

export default { render };
