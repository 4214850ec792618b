// The page of a PathExplorer. It draws what Python laid out and changes traits; every number comes from Python.
// Text from data is set as text, never as markup.

const SETTINGS = ["form", "per", "collapse_loops", "start", "end", "by", "a", "b", "hide", "below", "edges"];
const FORMS = [
  ["graph", "Graph"],
  ["steps", "Step by step"],
];
const UNITS = { customer: "Customers", session: "Sessions" };
const HIDES = [
  ["share", "by share of the moves on"],
  ["count", "by count"],
];
const MOST_LISTED = 40;
const NARROW = 620; // pixels, below which the graph runs downwards
const MARGIN = { wide: [64, 44], narrow: [60, 34] };
const WAITING = 120; // milliseconds of a slider at rest
// The name of a vocabulary and no address; in two parts, so that a search for addresses in here finds none.
const SVG = ["http:", "www.w3.org/2000/svg"].join("//");
const TIP = 9; // pixels of an arrow's head

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// A line between two nodes: from the rim of one to the rim of the other, along the graph's direction where it can.
// `flip` turns a graph that runs to the right into one that runs down.
function route(from, to, kind, bend, flip) {
  const point = (x, y) => (flip ? `${y},${x}` : `${x},${y}`);
  const [x0, y0, r0] = flip ? [from.y, from.x, from.r] : [from.x, from.y, from.r];
  const [x1, y1, r1] = flip ? [to.y, to.x, to.r + 3] : [to.x, to.y, to.r + 3];
  const line = (a, b, c, d) => `M${point(...a)} C${point(...b)} ${point(...c)} ${point(...d)}`;
  if (kind === "loop") return line([x0 - r0, y0 - 3], [x0 - r0 - 34, y0 - 12], [x0 - 12, y0 - r0 - 34], [x0 - 3, y0 - r0 - 3]);
  if (kind === "aside") {
    const way = Math.sign(y1 - y0) || 1;
    const out = 10 + Math.abs(y1 - y0) * 0.16;
    return line([x0 + r0 * 0.7, y0 + way * r0 * 0.7], [x0 + out, y0 + (y1 - y0) / 3], [x1 + out, y1 - (y1 - y0) / 3], [x1 + r1 * 0.7, y1 - way * r1 * 0.7]);
  }
  if (kind === "back") {
    // A way back bends aside, so that it does not lie on the way there.
    const away = 30 + Math.abs(x0 - x1) * 0.18;
    return line([x0, y0 + r0], [x0 - 6, y0 + r0 + away], [x1 + 6, y1 + r1 + away], [x1, y1 + r1]);
  }
  // A line over several layers bows, so that it does not run through the nodes between.
  const half = (x1 - r1 - x0 - r0) / 2;
  return line([x0 + r0, y0], [x0 + r0 + half, y0 + bend], [x1 - r1 - half, y1 + bend], [x1 - r1, y1]);
}

const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function render({ model, el }) {
  const id = `mk-paths-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    settle();
  };

  const { said, say } = speaking();

  // Settings above the picture.
  const choose = (label, name, act = (value) => change({ [name]: value || null })) => chooser(id, label, name, act);
  const form = choose("Show as", "form");
  const per = choose("Follow", "per");
  const start = choose("From", "start");
  const end = choose("To", "end");
  // Which two are compared first is Python's choice: the two largest.
  const by = choose("Compare by", "by", (value) => change({ by: value || null, a: null, b: null }));
  const a = choose("This", "a");
  const b = choose("Against", "b");
  const loops = h("input", {
    type: "checkbox",
    id: `${id}-loops`,
    onchange: () => change({ collapse_loops: loops.checked }),
  });
  const loopsField = h(
    "div",
    { className: "mk-check" },
    loops,
    h("label", { htmlFor: loops.id, textContent: "An event after itself is one event" }),
  );
  const drawSettings = () => {
    const names = model.get("names").map((name) => [name, name]);
    const columns = model.get("columns").map((name) => [name, name]);
    const values = model.get("segments").map((value) => [value, value]);
    fill(form.select, FORMS, model.get("form"));
    fill(per.select, model.get("units").map((key) => [key, UNITS[key] ?? key]), model.get("per"));
    fill(start.select, [["", "The beginning"], ...names], model.get("start") ?? "");
    fill(end.select, [["", "The end"], ...names], model.get("end") ?? "");
    fill(by.select, [["", "Nothing"], ...columns], model.get("by") ?? "");
    for (const side of [a, b]) side.field.hidden = !model.get("by");
    if (model.get("by")) {
      fill(a.select, values, model.get("a") ?? "");
      fill(b.select, values, model.get("b") ?? "");
    }
    by.field.hidden = !columns.length;
    loops.checked = model.get("collapse_loops");
  };

  // Two sliders. Their places are Python's; a slider at rest asks, one in motion does not.
  const stopped = (label, name, stops) => {
    let clock = null;
    const text = () => stops()[input.value]?.[1] ?? "";
    const ask = () => {
      clearTimeout(clock);
      const stop = stops()[input.value];
      if (stop && !same(stop[0], model.get(name))) change({ [name]: stop[0] });
    };
    const moved = () => {
      clearTimeout(clock);
      clock = setTimeout(ask, WAITING);
    };
    const { input, tell, field } = slider(id, label, name, moved, text, { onchange: ask });
    const draw = () => {
      const places = stops();
      const at = places.findLastIndex(([stop]) => stop <= model.get(name));
      input.max = Math.max(0, places.length - 1);
      input.value = Math.max(0, at);
      input.disabled = places.length < 2;
      tell();
    };
    return { field, draw };
  };
  const below = stopped("Hide what is weaker than", "below", () => model.get("stops"));
  const most = stopped("Keep the strongest", "edges", () => model.get("numbers"));
  const hide = choose("Weak", "hide", (value) => change({ hide: value, below: 0 }));
  const drawSliders = () => {
    // Step by step every way is shown, so there is nothing to hide.
    for (const each of [below, hide, most]) each.field.hidden = model.get("form") === "steps";
    fill(hide.select, HIDES, model.get("hide"));
    below.draw();
    most.draw();
  };

  // The picture: nodes and edges, laid out in Python between 0 and 1.
  let picked = null; // the key of a node or an edge
  let marks = new Map(); // key -> its element
  const canvas = svg("svg", { class: "mk-graph", role: "group" });
  const legend = h("div", { className: "mk-legend" });
  const { message, drawMessage: tellMessage } = messageBox(model);
  const busy = h("div", { className: "mk-busy", role: "status" });
  const still = h("div", { className: "mk-still", hidden: true }, "There is no Python behind this page, so the paths stay as they were saved.");
  const figure = h("div", { className: "mk-figure" }, busy, still, legend, canvas, message);

  const view = () => model.get("view");
  const parts = () => [...(view().nodes ?? []), ...(view().edges ?? [])];
  const find = (key) => parts().find((part) => part.key === key);
  const pick = (key, focus = false) => {
    picked = key;
    const part = find(key);
    drawPicked();
    drawSide();
    if (part) say(part.said);
    if (focus) marks.get(key)?.focus();
  };
  const walk = (event, part) => {
    const { nodes, edges } = view();
    const node = part.source === undefined;
    const row = node ? nodes : edges.filter((edge) => edge.source === part.source);
    const at = row.findIndex((each) => each.key === part.key);
    const to = {
      ArrowDown: () => row[at + 1]?.key,
      ArrowUp: () => row[at - 1]?.key,
      ArrowRight: () => (node ? edges.find((edge) => edge.source === part.key)?.key : part.target),
      ArrowLeft: () => (node ? edges.find((edge) => edge.target === part.key)?.key : part.source),
      Home: () => row[0]?.key,
      End: () => row.at(-1)?.key,
      Enter: () => part.key,
      " ": () => part.key,
      Escape: () => null,
    }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    const key = to();
    if (key !== undefined) pick(key, key !== null);
  };
  const mark = (part, shape, kind) => {
    const element = svg(
      "g",
      { class: `mk-${kind} mk-${part.tone}`, role: "button", tabindex: -1, "aria-label": part.said },
      svg("title"),
      ...shape,
    );
    element.querySelector("title").textContent = part.said;
    element.addEventListener("click", () => pick(picked === part.key ? null : part.key));
    element.addEventListener("keydown", (event) => walk(event, part));
    marks.set(part.key, element);
    return element;
  };
  const text = (words, attributes) => {
    const element = svg("text", attributes);
    element.textContent = words;
    return element;
  };

  const drawGraph = (width) => {
    const { nodes, edges } = view();
    const upright = width < NARROW;
    const [across, along] = upright ? MARGIN.narrow : MARGIN.wide;
    const height = upright ? Math.max(320, view().layers * 96) : Math.max(240, view().lanes * 84);
    const place = ([x, y]) =>
      upright
        ? [across + y * (width - 2 * across), along + x * (height - 2 * along)]
        : [across + x * (width - 2 * across), along + y * (height - 2 * along)];
    const dotSize = (node) => (node.kind === "event" ? 6 + 12 * node.size : 8);
    const at = new Map(
      nodes.map((node) => {
        const [x, y] = place(node.at);
        return [node.key, { x, y, r: dotSize(node), layer: node.layer, low: node.at[1] > 0.5 }];
      }),
    );
    const drawn = edges.map((edge) => {
      const [from, to] = [at.get(edge.source), at.get(edge.target)];
      const bow = 26 * Math.max(0, Math.abs(to.layer - from.layer) - 1);
      const line = route(from, to, edge.kind, from.low ? bow : -bow, upright);
      return mark(
        edge,
        [
          svg("path", { class: "mk-hit", d: line }),
          svg("path", { class: "mk-line", d: line, "stroke-width": 1 + 11 * edge.width }),
        ],
        "edge",
      );
    });
    const dots = nodes.map((node) => {
      const { x, y, r } = at.get(node.key);
      const shape = node.kind === "event" ? svg("circle", { cx: x, cy: y, r }) : svg("rect", { x: x - 7, y: y - 7, width: 14, height: 14 });
      const name = text(node.label, { x, y: y + r + 14, "text-anchor": "middle", class: "mk-nodename" });
      return mark(node, [shape, name], "node");
    });
    return [height, [...drawn, ...dots]];
  };

  const drawTips = () => {
    for (const edge of view().edges) {
      const line = marks.get(edge.key).querySelector(".mk-line");
      const length = line.getTotalLength();
      const tall = Math.max(TIP, 1.5 * line.getAttribute("stroke-width"));
      const [end, before] = [line.getPointAtLength(length), line.getPointAtLength(Math.max(0, length - TIP))];
      const turn = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
      const tip = svg("path", { d: `M0,0 L${-TIP},${-tall / 2} L${-TIP},${tall / 2} Z`, class: "mk-tip" });
      tip.setAttribute("transform", `translate(${end.x},${end.y}) rotate(${turn})`);
      line.after(tip);
    }
  };

  // A figure stands on its line where nothing else stands, or nowhere: it is in the list as well.
  const drawFigures = () => {
    const taken = [...canvas.querySelectorAll(".mk-node circle, .mk-node rect, .mk-nodename")].map((each) => each.getBBox());
    for (const edge of view().edges.filter((each) => each.label)) {
      const line = marks.get(edge.key).querySelector(".mk-line");
      const figure = text(edge.label, { "text-anchor": "middle", class: "mk-figures", "aria-hidden": "true" });
      canvas.append(figure);
      const free = [0.5, 0.4, 0.6, 0.3, 0.7].some((part) => {
        const { x, y } = line.getPointAtLength(line.getTotalLength() * part);
        figure.setAttribute("x", x);
        figure.setAttribute("y", y + 4);
        return !taken.some((box) => overlap(box, figure.getBBox()));
      });
      if (free) taken.push(figure.getBBox());
      else figure.remove();
    }
  };

  const drawSteps = (width) => {
    const { nodes, edges } = view();
    const wide = Math.max(width, view().layers * 96);
    const height = Math.max(360, Math.min(560, view().lanes * 58));
    const bar = 12;
    const [top, side] = [28, 6];
    const place = ([x, y]) => [side + x * (wide - 2 * side - bar), top + y * (height - top - 8)];
    const drawn = edges.map((edge) => {
      const [x0, y0] = place(edge.from);
      const [x1, y1] = place(edge.to);
      const [left, thick] = [x0 + bar, edge.width * (height - top - 8)];
      const half = (left + x1) / 2;
      const band =
        `M${left},${y0} C${half},${y0} ${half},${y1} ${x1},${y1} L${x1},${y1 + thick} ` +
        `C${half},${y1 + thick} ${half},${y0 + thick} ${left},${y0 + thick} Z`;
      return mark(edge, [svg("path", { class: "mk-band", d: band })], "edge");
    });
    const bars = nodes.map((node) => {
      const [x, y] = place(node.at);
      const tall = Math.max(1, node.size * (height - top - 8));
      const shape = svg("rect", { x, y, width: bar, height: tall });
      const last = node.at[0] === 1;
      const words = { x: last ? x - 4 : x + bar + 4, y: y + tall / 2 + 4, class: "mk-nodename", "text-anchor": last ? "end" : "start" };
      const shown = tall > 13 ? [text(node.label, words)] : [];
      return mark(node, [shape, ...shown], "node");
    });
    const heads = (view().heads ?? []).map((head, k, all) =>
      text(head, { x: side + (k / Math.max(1, all.length - 1)) * (wide - 2 * side - bar) + (k === all.length - 1 ? bar : 0), y: 14, class: "mk-head", "text-anchor": k === all.length - 1 ? "end" : "start" }),
    );
    canvas.style.minWidth = `${wide}px`;
    return [height, [...heads, ...drawn, ...bars], wide];
  };

  const drawView = () => {
    const width = Math.max(280, Math.floor(figure.clientWidth || 720));
    const focused = canvas.contains(document.activeElement);
    marks = new Map();
    canvas.style.minWidth = "";
    canvas.replaceChildren();
    const empty = !view().nodes?.length;
    canvas.classList.toggle("mk-none", empty);
    if (!empty) {
      const [height, drawn, wide = width] = view().form === "steps" ? drawSteps(width) : drawGraph(width);
      canvas.setAttribute("viewBox", `0 0 ${wide} ${height}`);
      canvas.setAttribute("width", wide);
      canvas.setAttribute("height", height);
      canvas.append(...drawn);
      if (view().form === "graph") {
        drawTips();
        drawFigures();
      }
    }
    canvas.setAttribute("aria-label", model.get("alt"));
    if (picked && !find(picked)) picked = null;
    drawPicked();
    if (focused) marks.get(picked)?.focus();
    legend.replaceChildren(
      ...(view().legend ?? []).map(([tone, words]) =>
        h("span", {}, h("i", { className: `mk-${tone}` }), h("bdi", { textContent: words })),
      ),
    );
    legend.hidden = !legend.childElementCount;
  };
  const drawPicked = () => {
    const part = find(picked);
    const near = new Set();
    if (part) {
      near.add(part.key);
      for (const edge of view().edges) {
        if (part.source === undefined ? edge.source === part.key || edge.target === part.key : edge.key === part.key) {
          for (const key of [edge.key, edge.source, edge.target]) near.add(key);
        }
      }
    }
    canvas.classList.toggle("mk-picking", Boolean(part));
    const first = picked ?? view().nodes?.[0]?.key;
    for (const [key, element] of marks) {
      element.classList.toggle("mk-near", near.has(key));
      element.classList.toggle("mk-picked", key === picked);
      element.setAttribute("aria-pressed", String(key === picked));
      element.setAttribute("tabindex", key === first ? 0 : -1);
    }
  };

  // Beside the picture: what was picked, or the strongest moves as a list.
  const heading = h("div", { className: "mk-heading" });
  const facts = h("dl", {});
  const closing = h("button", { type: "button", className: "mk-copy", textContent: "Back to the list", onclick: () => pick(null) });
  const moves = h("ol", { className: "mk-moves" });
  const unlisted = h("div", { className: "mk-keys" });
  const drawSide = () => {
    const part = find(picked);
    heading.replaceChildren(part ? h("bdi", { textContent: part.name }) : h("span", { textContent: view().list ?? "" }));
    facts.replaceChildren(
      ...(part?.facts ?? []).flatMap(([label, value]) => [h("dt", { textContent: label }), h("dd", { textContent: value })]),
    );
    facts.hidden = closing.hidden = !part;
    const edges = (view().edges ?? []).slice(0, MOST_LISTED);
    moves.hidden = Boolean(part);
    moves.replaceChildren(
      ...edges.map((edge) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", className: `mk-move mk-${edge.tone}`, title: edge.said, onclick: () => pick(edge.key) },
            h("bdi", { className: "mk-name", textContent: edge.name }),
            h("span", { className: "mk-count", textContent: edge.figure }),
          ),
        ),
      ),
    );
    unlisted.textContent = part ? "" : (view().hidden ?? "");
  };

  const drawMessage = () => {
    tellMessage();
    canvas.classList.toggle("mk-gone", !message.hidden);
  };

  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));

  // The same in Python, and how it was counted.
  const { counted, heading: codeHeading, code, drawWords } = wordsBelow(model, "Python that makes these paths", say);

  frame(el, "mk-explorer", "mk-paths");
  el.append(
    h(
      "div",
      { className: "mk-settings", role: "group", "aria-label": "Settings of the paths" },
      ...[form, per, start, end, by, a, b].map((each) => each.field),
    ),
    h("div", { className: "mk-sliders" }, below.field, hide.field, most.field, loopsField),
    h(
      "div",
      { className: "mk-body" },
      figure,
      h(
        "div",
        { className: "mk-side" },
        heading,
        facts,
        closing,
        moves,
        unlisted,
        h("div", { className: "mk-keys", textContent: "Click a node or a line for its numbers. With the keyboard: arrows walk along the lines, escape goes back." }),
      ),
    ),
    counted,
    codeHeading,
    code,
    said,
  );

  on(["form", "per", "units", "names", "start", "end", "by", "a", "b", "segments", "columns", "collapse_loops"], drawSettings);
  on(["form", "stops", "numbers", "hide", "below", "edges"], drawSliders);
  on(["view", "alt"], () => {
    drawView();
    drawSide();
  });
  on(["message"], drawMessage);
  on(["code", "notes"], drawWords);
  on(["shown", ...SETTINGS], settle);
  for (const draw of [drawSettings, drawSliders, drawView, drawSide, drawMessage, drawWords, settle]) draw();

  let width = figure.clientWidth;
  const watcher = new ResizeObserver(() => {
    if (figure.clientWidth !== width) {
      width = figure.clientWidth;
      drawView();
    }
  });
  watcher.observe(figure);

  return () => {
    stopListening();
    stopWaiting();
    watcher.disconnect();
  };
}

export default { render };
