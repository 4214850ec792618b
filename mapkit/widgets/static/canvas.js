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
