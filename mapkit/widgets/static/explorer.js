// What the explorers share: settings above, a picture that Python drew or words in its place, the same in Python below.

const NO_PYTHON = "There is no Python behind this page, so the picture stays as it was saved.";
const same = (one, two) => JSON.stringify(one ?? null) === JSON.stringify(two ?? null);

// Changes of traits, listened to until the page goes.
function listening(model) {
  const listeners = [];
  const on = (names, draw) => {
    for (const name of names) {
      model.on(`change:${name}`, draw);
      listeners.push([`change:${name}`, draw]);
    }
  };
  const stopListening = () => listeners.forEach(([name, draw]) => model.off(name, draw));
  return { on, stopListening };
}

// A place for what is said to those who cannot see the page.
function speaking() {
  const said = h("div", { className: "mk-unseen", "aria-live": "polite" });
  return { said, say: (text) => (said.textContent = text) };
}

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

// Whether the answer that is shown is for the settings that are shown.
const answersFor = (model, settings) => () => {
  const shown = model.get("shown");
  return settings.every((name) => same(shown[name] || null, model.get(name) || null));
};

// The picture, or the message in its place; `more` stands below them.
function pictureFigure(model, ...more) {
  let address = null;
  const image = h("img", { className: "mk-image", alt: "" });
  const message = h("div", { className: "mk-message", role: "alert" });
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
    message.textContent = model.get("message");
    message.hidden = !message.textContent;
    for (const each of more) each.hidden = !image.hidden || !message.hidden;
  };
  return { figure, busy, still, drawPicture, forget };
}

// How it was counted, and the same in Python.
function wordsBelow(model, label, say) {
  const { code, copy } = pythonCode(model, label, say);
  const notes = h("ul", {});
  const counted = h("details", { className: "mk-notes" }, h("summary", { textContent: "How this was counted" }), notes);
  const heading = h("div", { className: "mk-heading mk-codehead" }, "The same in Python", copy);
  const drawWords = () => {
    code.textContent = model.get("code");
    notes.replaceChildren(...model.get("notes").map((note) => h("li", { textContent: note })));
    counted.hidden = !model.get("notes").length;
  };
  return { counted, heading, code, drawWords };
}

// The frame in which everything stands. Without the attribute JupyterLab takes keys such as the arrows for its own.
function frame(el, ...names) {
  el.classList.add("mk-canvas", ...names);
  el.setAttribute("data-lm-suppress-shortcuts", "true");
}
