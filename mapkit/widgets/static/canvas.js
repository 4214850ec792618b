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
