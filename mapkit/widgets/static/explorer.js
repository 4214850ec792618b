// What the explorers share: settings above, an answer of Python's or words in its place, the same in Python below.

const NO_PYTHON = "There is no Python behind this page, so the picture stays as it was saved.";
const same = (one, two) => JSON.stringify(one ?? null) === JSON.stringify(two ?? null);

// A list with its label. `act` is given what was chosen.
function chooser(id, label, name, act) {
  const select = h("select", { id: `${id}-${name}`, onchange: () => act(select.value) });
  const field = h("div", { className: "mk-field" }, h("label", { htmlFor: select.id, textContent: label }), select);
  return { select, field };
}

// What can be chosen, as [value, text]; a value that is none of them is listed all the same.
function fill(select, pairs, value) {
  const known = pairs.some(([key]) => key === value) ? pairs : [...pairs, [value, String(value)]];
  select.replaceChildren(...known.map(([key, label]) => h("option", { value: key, textContent: label })));
  select.value = value;
}

// A slider with its label. `words` says the value, in what is read as `spoken`; `act` is called as the slider moves.
function slider(id, label, name, act, words, { spoken = words, ...properties } = {}) {
  const input = h("input", {
    type: "range",
    id: `${id}-${name}`,
    min: 0,
    step: 1,
    ...properties,
    oninput: () => {
      tell();
      act();
    },
    // JupyterLab keeps the arrows from doing what a browser does with them.
    onkeydown: (event) => {
      const [at, step, low, high] = [input.value, input.step, input.min, input.max].map(Number);
      const to = { ArrowLeft: at - step, ArrowDown: at - step, ArrowRight: at + step, ArrowUp: at + step, Home: low, End: high }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      input.value = to;
      input.dispatchEvent(new Event("input"));
    },
  });
  const value = h("output", { htmlFor: input.id });
  const tell = () => {
    value.textContent = words();
    input.setAttribute("aria-valuetext", spoken());
  };
  const head = h("div", { className: "mk-sliderhead" }, h("label", { htmlFor: input.id, textContent: label }), value);
  return { input, tell, field: h("div", { className: "mk-field" }, head, input) };
}

// Numbers that Python sent as bytes. A copy, for bytes may start where numbers of four bytes cannot.
function numbersOf(kind, view) {
  if (!view) return new kind(0);
  return new kind(view.buffer ? view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) : view);
}

// Whether the answer that is shown is for the settings that are shown.
const answersFor = (model, settings) => () => {
  const shown = model.get("shown");
  return settings.every((name) => same(shown[name] || null, model.get(name) || null));
};

// The picture, or the message in its place; `more` stands below them.
function pictureFigure(model, ...more) {
  let address = null;
  const image = h("img", { className: "mk-image", alt: "" });
  const { message, drawMessage } = messageBox(model);
  const busy = h("div", { className: "mk-busy", role: "status" });
  const still = h("div", { className: "mk-still", hidden: true }, NO_PYTHON);
  const figure = h("div", { className: "mk-figure" }, busy, still, image, message, ...more);
  const forget = () => {
    if (address) URL.revokeObjectURL(address);
  };
  const drawPicture = () => {
    const bytes = model.get("picture");
    forget();
    address = bytes?.byteLength ? URL.createObjectURL(new Blob([bytes], { type: "image/png" })) : null;
    if (address) image.src = address;
    else image.removeAttribute("src");
    image.hidden = !address;
    image.alt = model.get("alt");
    drawMessage();
    for (const each of more) each.hidden = !image.hidden || !message.hidden;
  };
  return { figure, busy, still, drawPicture, forget };
}

// How it was counted, and the same in Python.
function wordsBelow(model, label, say, how = "How this was counted") {
  const { code, copy } = pythonCode(model, label, say);
  const notes = h("ul", {});
  const counted = h("details", { className: "mk-notes" }, h("summary", { textContent: how }), notes);
  const heading = h("div", { className: "mk-heading mk-codehead" }, "The same in Python", copy);
  const drawWords = () => {
    code.textContent = model.get("code");
    notes.replaceChildren(...model.get("notes").map((note) => h("li", { textContent: note })));
    counted.hidden = !model.get("notes").length;
  };
  return { counted, heading, code, drawWords };
}
