// What every canvas shares. Python puts this in front of each widget's own script: nothing is loaded from anywhere.

const BUSY_AFTER = 300; // milliseconds
const STILL_AFTER = 1500;
const number = new Intl.NumberFormat("en");
let made = 0;

function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list" && name !== "role") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const clip = (low, value, high) => Math.max(low, Math.min(value, high));

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

// Why there is no answer, in words.
function messageBox(model) {
  const message = h("div", { className: "mk-message", role: "alert" });
  const drawMessage = () => {
    message.textContent = model.get("message");
    message.hidden = !message.textContent;
  };
  return { message, drawMessage };
}

// A figure that says when it waits: the settings that the page shows are not those the answer is for.
function waitingFigure(model, figure, busy, still, answered) {
  let clocks = [];
  const stopWaiting = () => {
    clocks.forEach(clearTimeout);
    clocks = [];
  };
  const settle = () => {
    if (answered()) {
      stopWaiting();
      figure.classList.remove("mk-waiting");
      busy.textContent = "";
      still.hidden = true;
    } else if (!clocks.length) {
      clocks = [
        setTimeout(() => {
          figure.classList.add("mk-waiting");
          busy.textContent = "Measuring …";
        }, BUSY_AFTER),
        setTimeout(() => {
          if (model.widget_manager?.kernel) return;
          figure.classList.remove("mk-waiting");
          busy.textContent = "";
          still.hidden = false;
        }, STILL_AFTER),
      ];
    }
  };
  return { settle, stopWaiting };
}

// The same in Python, and a button that copies it.
function pythonCode(model, label, say) {
  const code = h("pre", { className: "mk-code", tabIndex: 0, "aria-label": label });
  const copy = h("button", {
    type: "button",
    className: "mk-copy",
    textContent: "Copy",
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(model.get("code"));
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        copy.textContent = "Selected";
      }
      say("The code is copied.");
      setTimeout(() => (copy.textContent = "Copy"), 2000);
    },
  });
  return { code, copy };
}

// The frame in which everything stands. Without the attribute JupyterLab takes keys such as the arrows for its own.
function frame(el, ...names) {
  el.classList.add("mk-canvas", ...names);
  el.setAttribute("data-lm-suppress-shortcuts", "true");
}
