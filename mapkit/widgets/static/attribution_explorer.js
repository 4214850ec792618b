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

const same = (one, two) => JSON.stringify(one ?? null) === JSON.stringify(two ?? null);

function render({ model, el }) {
  const id = `mk-attribution-${++made}`;
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
            said.textContent = `${MODELS[name] ?? name}: ${box.checked ? "shown" : "taken away"}.`;
          },
        });
        return h("label", { className: "mk-model" }, box, h("span", { textContent: MODELS[name] ?? name }));
      }),
    );
    if (focused) [...boxes.querySelectorAll("input")].find((box) => box.value === focused)?.focus();
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
  const { code, copy } = pythonCode(model, "Python that makes this picture", (text) => (said.textContent = text));
  const notes = h("ul", {});
  const counted = h("details", { className: "mk-notes" }, h("summary", { textContent: "How this was counted" }), notes);
  const drawWords = () => {
    code.textContent = model.get("code");
    notes.replaceChildren(...model.get("notes").map((note) => h("li", { textContent: note })));
    counted.hidden = !model.get("notes").length;
  };

  el.classList.add("mk-canvas", "mk-explorer", "mk-attribution");
  // Without this JupyterLab takes keys such as the arrows for its own.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(
    h(
      "div",
      { className: "mk-settings", role: "group", "aria-label": "Settings of the attribution" },
      ...[show, conversion, touch, ways, window, order].map((each) => each.field),
    ),
    boxes,
    figure,
    counted,
    h("div", { className: "mk-heading mk-codehead" }, "The same in Python", copy),
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
    for (const [name, draw] of listeners) model.off(name, draw);
    stopWaiting();
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
