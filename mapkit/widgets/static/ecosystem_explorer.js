// The page of an EcosystemExplorer. It draws what Python laid out and changes traits; every number comes from Python.
// Text from data is set as text or drawn as text, never as markup.

const SETTINGS = ["types", "tie_types", "stages_shown", "until", "selected", "path", "removed", "seeds", "find"];
const TWO_WAY = 1;
const AGAINST = 2;
const NO_TIME = 65535;
const AT_REST = 140; // milliseconds after which a moved map is drawn in full
const SLOW = 27; // milliseconds a frame, above which a moving map shows fewer ties
const WIDTHS = [0.5, 0.9, 1.5, 2.4]; // of ties, in pixels, by strength
const MOST_NAMES = { still: 34, moving: 10 };
const MOST_FOUND = 8;
const MOST_NEIGHBOURS = 12;
const MOST_HEADS = 900;
const LONGEST_NAME = 30;
const FEWEST = 750; // ties that a moving map shows on a slow machine
const FEW = 200; // actors that can be told apart without zooming in
const DARK_INK = "#222222";
const [PATH, CUT, SEED] = ["#E69F00", "#D55E00", "#009E73"];

const cut = (text) => (text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text);

const CORNERS = {
  s: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  "^": [[0, -1.05], [0.95, 0.75], [-0.95, 0.75]],
  v: [[0, 1.05], [0.95, -0.75], [-0.95, -0.75]],
  D: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  P: [[-0.33, -1], [0.33, -1], [0.33, -0.33], [1, -0.33], [1, 0.33], [0.33, 0.33], [0.33, 1], [-0.33, 1], [-0.33, 0.33], [-1, 0.33], [-1, -0.33], [-0.33, -0.33]],
  X: [[0, -0.45], [0.5, -0.95], [0.95, -0.5], [0.45, 0], [0.95, 0.5], [0.5, 0.95], [0, 0.45], [-0.5, 0.95], [-0.95, 0.5], [-0.45, 0], [-0.95, -0.5], [-0.5, -0.95]],
  p: [[0, -1], [0.95, -0.31], [0.59, 0.81], [-0.59, 0.81], [-0.95, -0.31]],
};

function trace(pen, marker, x, y, r) {
  const corners = CORNERS[marker];
  if (!corners) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([dx, dy], k) => (k ? pen.lineTo(x + dx * r, y + dy * r) : pen.moveTo(x + dx * r, y + dy * r)));
  pen.closePath();
}

function render({ model, el }) {
  const id = `mk-ecosystem-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    settle();
  };
  const { said, say } = speaking();

  // What Python laid out.
  const ids = model.get("ids");
  const labels = model.get("labels");
  const places = numbersOf(Float32Array, model.get("places"));
  const kinds = numbersOf(Int16Array, model.get("kinds"));
  const ends = numbersOf(Uint32Array, model.get("tie_ends"));
  const shares = numbersOf(Float32Array, model.get("tie_shares"));
  const weights = numbersOf(Float32Array, model.get("tie_weights"));
  const tieKinds = numbersOf(Uint16Array, model.get("tie_kinds"));
  const [n, m] = [ids.length, shares.length];
  const codeOf = new Map(ids.map((name, code) => [name, code]));
  const [pageWide, pageHigh] = model.get("extent");
  const X = (k) => places[3 * k];
  const Y = (k) => places[3 * k + 1];
  const bySize = [...ids.keys()].sort((a, b) => places[3 * b + 2] - places[3 * a + 2] || a - b);
  const shapeOf = (k) => model.get("shapes")[kinds[5 * k]]?.[1] ?? "o";
  const typeNames = model.get("type_names").map(([name]) => name);
  const tieTypeNames = model.get("tie_type_names").map(([name]) => name);
  const stageNames = model.get("stage_names").map(([name]) => name);
  const names = labels.map(cut);
  const hulls = model.get("hulls").map(({ group, name, points }) => {
    const [xs, ys] = [points.filter((_, k) => k % 2 === 0), points.filter((_, k) => k % 2)];
    return { group, name, middle: (Math.min(...xs) + Math.max(...xs)) / 2, rims: [Math.min(...ys), Math.max(...ys)] };
  });
  const searched = labels.map((label, k) => `${label}\n${ids[k]}`.toLowerCase());

  // What the filters leave.
  const actorOn = new Uint8Array(n);
  let shownTies = new Uint32Array(0); // strongest first
  let starts = new Uint32Array(n + 1);
  let touching = new Uint32Array(0); // ties by actor, strongest first
  let counts = { actors: n, ties: m };
  let there = new Set(); // communities of which anybody is shown
  const filter = () => {
    const among = (wanted, all) => (wanted === null || wanted === undefined ? null : new Set(wanted.map((name) => all.indexOf(name))));
    const [types, tieTypes, stages] = [among(model.get("types"), typeNames), among(model.get("tie_types"), tieTypeNames), among(model.get("stages_shown"), stageNames)];
    const until = model.get("until");
    const stop = until === null ? NO_TIME : model.get("stops").findLastIndex(([value]) => value <= until);
    let actors = 0;
    there = new Set();
    for (let k = 0; k < n; k++) {
      actorOn[k] = (!types || types.has(kinds[5 * k + 4])) && (!stages || stages.has(kinds[5 * k + 3])) ? 1 : 0;
      actors += actorOn[k];
      if (actorOn[k]) there.add(kinds[5 * k + 2]);
    }
    const kept = [];
    const degree = new Uint32Array(n + 1);
    for (let t = 0; t < m; t++) {
      const [a, b] = [ends[2 * t], ends[2 * t + 1]];
      const early = until === null || (tieKinds[3 * t + 1] !== NO_TIME && tieKinds[3 * t + 1] <= stop);
      if (!actorOn[a] || !actorOn[b] || !early || (tieTypes && !tieTypes.has(tieKinds[3 * t]))) continue;
      kept.push(t);
      degree[a + 1]++;
      degree[b + 1]++;
    }
    for (let k = 0; k < n; k++) degree[k + 1] += degree[k];
    const free = degree.slice();
    starts = degree;
    touching = new Uint32Array(2 * kept.length);
    for (const t of kept) for (const end of [ends[2 * t], ends[2 * t + 1]]) touching[free[end]++] = t;
    shownTies = Uint32Array.from(kept);
    counts = { actors, ties: kept.length };
    buildLines();
    buildCells();
  };
  const neighbours = (k) => {
    const found = new Map();
    for (let at = starts[k]; at < starts[k + 1]; at++) {
      const t = touching[at];
      const other = ends[2 * t] === k ? ends[2 * t + 1] : ends[2 * t];
      if (!found.has(other)) found.set(other, []);
      found.get(other).push(t);
    }
    return found;
  };

  // Lines once in the map's own measure, by width and by kind: within a community, between two, against.
  let lines = [];
  let few = [];
  let fewest = 3000;
  const curve = (path, t, straight) => {
    const [a, b] = [ends[2 * t], ends[2 * t + 1]];
    const [x0, y0, x1, y1] = [X(a), Y(a), X(b), Y(b)];
    path.moveTo(x0, y0);
    if (straight || tieKinds[3 * t + 2] & TWO_WAY) {
      path.lineTo(x1, y1);
      return;
    }
    const gone = Math.hypot(x1 - x0, y1 - y0) || 1;
    const bend = Math.min(0.1 * gone, 26) / gone;
    path.quadraticCurveTo((x0 + x1) / 2 + (y1 - y0) * bend, (y0 + y1) / 2 - (x1 - x0) * bend, x1, y1);
  };
  const kindOf = (t) => {
    if (tieKinds[3 * t + 2] & AGAINST) return 2;
    return kinds[5 * ends[2 * t] + 2] === kinds[5 * ends[2 * t + 1] + 2] ? 0 : 1;
  };
  const buildLines = () => {
    lines = [0, 1, 2].map(() => WIDTHS.map(() => new Path2D()));
    for (const t of shownTies) curve(lines[kindOf(t)][Math.min(3, Math.floor(shares[t] * 4))], t, false);
    buildFew();
  };
  const buildFew = () => {
    few = [0, 1, 2].map(() => new Path2D());
    for (const t of shownTies.subarray(0, fewest)) curve(few[kindOf(t)], t, true);
  };

  // Cells for finding the actor under the pointer.
  const CELL = 40;
  let cells = new Map();
  const buildCells = () => {
    cells = new Map();
    for (let k = 0; k < n; k++) {
      if (!actorOn[k]) continue;
      const key = Math.floor(X(k) / CELL) + 1000 * Math.floor(Y(k) / CELL);
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(k);
    }
  };

  // The canvas: the map below, what is pointed at and asked for above.
  const base = h("canvas", { className: "mk-ground", "aria-hidden": "true" });
  const over = h("canvas", { className: "mk-over", tabIndex: 0, role: "application" });
  over.setAttribute("aria-roledescription", "map");
  const tip = h("div", { className: "mk-tip", hidden: true });
  const hint = h("div", { className: "mk-hint", hidden: true, textContent: "Click the map first; then the wheel zooms." });
  const { message, drawMessage } = messageBox(model);
  const busy = h("div", { className: "mk-busy", role: "status" });
  const still = h("div", { className: "mk-still", hidden: true }, "There is no Python behind this page: look, search and filter, but paths, removals and seeds stay as they were saved.");
  const zoomButton = (text, label, act) => h("button", { type: "button", className: "mk-zoom", textContent: text, "aria-label": label, title: label, onclick: act });
  const zooms = h(
    "div",
    { className: "mk-zooms" },
    zoomButton("+", "Zoom in", () => zoomBy(1.5)),
    zoomButton("−", "Zoom out", () => zoomBy(1 / 1.5)),
    zoomButton("⤢", "Show all", () => fit()),
  );
  const stageArea = h("div", { className: "mk-stagearea" }, base, over, zooms, hint, tip);
  const figure = h("div", { className: "mk-figure" }, busy, still, stageArea, message);
  let [wide, high, ratio] = [800, 560, 1];
  let [scale, left, top] = [1, 0, 0];
  let smallest = 0.1;
  let ink = {};
  const readInk = () => {
    const style = getComputedStyle(el);
    const read = (name, usual) => style.getPropertyValue(name).trim() || usual;
    ink = { ink: read("--ink", "#222"), quiet: read("--quiet", "#666"), paper: read("--paper", "#fff"), family: style.fontFamily || "sans-serif" };
  };
  const colourOf = (k) => {
    const colour = model.get("colours")[kinds[5 * k + 1]]?.[1] ?? "#8A8A8A";
    return colour === DARK_INK ? ink.ink : colour;
  };
  // Marks grow slower than the map, so that zooming in makes room.
  const radius = (k) => Math.max(1, places[3 * k + 2] * Math.sqrt(scale * Math.max(smallest, 0.2)) * 1.15);
  const sx = (k) => X(k) * scale + left;
  const sy = (k) => Y(k) * scale + top;

  const fit = () => {
    scale = Math.min(wide / pageWide, high / pageHigh) * 0.98;
    smallest = scale;
    left = (wide - pageWide * scale) / 2;
    top = (high - pageHigh * scale) / 2;
    ask();
  };
  const zoomBy = (times, x = wide / 2, y = high / 2) => {
    const to = clip(smallest * 0.6, scale * times, smallest * 40);
    left = x - ((x - left) * to) / scale;
    top = y - ((y - top) * to) / scale;
    scale = to;
    moved();
  };
  const panBy = (dx, dy) => {
    left += dx;
    top += dy;
    moved();
  };
  const bringIntoView = (k) => {
    const [x, y] = [sx(k), sy(k)];
    if (x > 60 && y > 40 && x < wide - 60 && y < high - 40 && (n < FEW || scale > 1.4 * smallest)) return;
    scale = Math.max(scale, smallest * 2.2);
    left = wide / 2 - X(k) * scale;
    top = high / 2 - Y(k) * scale;
    ask();
  };

  // Drawing: asked for at most once a frame; a moving map shows its strongest ties only.
  let [asked, rest, moving, last, frames, lasting] = [0, 0, false, 0, 0, 0];
  const ask = () => (asked ||= requestAnimationFrame(draw));
  const moved = () => {
    moving = true;
    clearTimeout(rest);
    rest = setTimeout(() => {
      moving = false;
      last = 0;
      ask();
    }, AT_REST);
    ask();
  };
  const draw = (now) => {
    asked = 0;
    if (moving && last) pace(now - last);
    last = moving ? now : 0;
    drawMap();
    drawOver();
    over.dataset.drawn = String(++frames);
    over.dataset.moving = String(moving);
  };
  const pace = (took) => {
    lasting = lasting * 0.7 + Math.min(took, 100) * 0.3;
    if (lasting < SLOW) return;
    lasting = SLOW * 0.7;
    if (fewest > FEWEST) {
      fewest = Math.max(FEWEST, Math.round(fewest / 2));
      buildFew();
    } else {
      sliding = true;
    }
  };
  // Where even that is slow, the last full picture slides and grows under the pointer until the map is at rest.
  let sliding = false;
  let keptAt = null;
  const kept = h("canvas", {});
  const keep = () => {
    [kept.width, kept.height] = [base.width, base.height];
    if (base.width && base.height) kept.getContext("2d", { alpha: false }).drawImage(base, 0, 0);
    keptAt = { scale, left, top };
  };
  const slide = () => {
    const grown = keptAt ? scale / keptAt.scale : 0;
    if (grown < 0.4 || grown > 2.5) return false;
    pen.drawImage(kept, left - keptAt.left * grown, top - keptAt.top * grown, wide * grown, high * grown);
    return true;
  };
  const pen = base.getContext("2d", { alpha: false });
  const penOver = over.getContext("2d");
  const inMapMeasure = (context) => context.setTransform(scale * ratio, 0, 0, scale * ratio, left * ratio, top * ratio);
  const inPixels = (context) => context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const inView = (k) => {
    const [x, y] = [sx(k), sy(k)];
    return x > -20 && y > -20 && x < wide + 20 && y < high + 20;
  };
  const drawMap = () => {
    inPixels(pen);
    pen.fillStyle = ink.paper;
    pen.fillRect(0, 0, wide, high);
    if (moving && sliding && slide()) return;
    drawHulls();
    drawLines();
    drawMarks(pen, bySize, (k) => actorOn[k]);
    if (!moving || sliding) keep();
  };
  const drawHulls = () => {
    inMapMeasure(pen);
    for (const hull of model.get("hulls")) {
      if (!there.has(hull.group)) continue;
      pen.beginPath();
      for (let k = 0; k < hull.points.length; k += 2) pen.lineTo(hull.points[k], hull.points[k + 1]);
      pen.closePath();
      pen.globalAlpha = hull.colour ? 0.12 : 0.09;
      pen.fillStyle = hull.colour ? (hull.colour === DARK_INK ? ink.ink : hull.colour) : ink.quiet;
      pen.fill();
    }
    pen.globalAlpha = 1;
  };
  const tones = () => [ink.quiet, ink.ink, CUT];
  const drawLines = () => {
    inMapMeasure(pen);
    const crowd = clip(0.35, 26 / Math.sqrt(Math.max(counts.ties, 1)), 1);
    const closer = Math.min(1.5, Math.sqrt(scale / smallest));
    [0, 1, 2].forEach((kind) => {
      pen.strokeStyle = tones()[kind];
      pen.globalAlpha = (kind === 1 ? 0.34 : 0.3) * crowd * closer;
      pen.setLineDash(kind === 2 && !moving ? [5 / scale, 3 / scale] : []);
      if (moving) {
        pen.lineWidth = 0.9 / scale;
        pen.stroke(few[kind]);
      } else {
        WIDTHS.forEach((width, at) => {
          pen.lineWidth = (width * closer) / scale;
          pen.stroke(lines[kind][at]);
        });
      }
    });
    pen.setLineDash([]);
    if (!moving) drawHeads();
    pen.globalAlpha = 1;
  };
  // Heads only where they can be told apart.
  const drawHeads = () => {
    const seen = [];
    for (const t of shownTies) {
      if (tieKinds[3 * t + 2] & TWO_WAY || !inView(ends[2 * t + 1]) || !inView(ends[2 * t])) continue;
      seen.push(t);
      if (seen.length > MOST_HEADS) return;
    }
    inPixels(pen);
    pen.globalAlpha = 0.6;
    for (const t of seen) head(pen, t, tones()[kindOf(t)]);
  };
  const head = (context, t, colour) => {
    const [a, b] = [ends[2 * t], ends[2 * t + 1]];
    const [x0, y0, x1, y1] = [sx(a), sy(a), sx(b), sy(b)];
    const gone = Math.hypot(x1 - x0, y1 - y0) || 1;
    const bend = Math.min(0.1 * gone, 26 * scale) / gone;
    const [cx, cy] = [(x0 + x1) / 2 + (y1 - y0) * bend, (y0 + y1) / 2 - (x1 - x0) * bend];
    const way = Math.hypot(x1 - cx, y1 - cy) || 1;
    const [ux, uy] = [(x1 - cx) / way, (y1 - cy) / way];
    const r = radius(b);
    const long = Math.min(7, 3 + 2.5 * shares[t] + r * 0.2, gone * 0.4);
    const [ex, ey] = [x1 - ux * r, y1 - uy * r];
    context.beginPath();
    context.moveTo(ex, ey);
    context.lineTo(ex - ux * long + uy * long * 0.4, ey - uy * long - ux * long * 0.4);
    context.lineTo(ex - ux * long - uy * long * 0.4, ey - uy * long + ux * long * 0.4);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
  };
  const drawMarks = (context, codes, wanted) => {
    inPixels(context);
    const groups = new Map();
    for (const k of codes) {
      if (!wanted(k) || !inView(k)) continue;
      const colour = colourOf(k);
      if (!groups.has(colour)) groups.set(colour, []);
      groups.get(colour).push(k);
    }
    for (const [colour, members] of groups) {
      context.beginPath();
      for (const k of members) {
        const r = radius(k);
        if (r < 1.8) context.rect(sx(k) - r, sy(k) - r, 2 * r, 2 * r);
        else trace(context, shapeOf(k), sx(k), sy(k), r);
      }
      context.fillStyle = colour;
      if (!moving) {
        context.strokeStyle = ink.paper;
        context.lineWidth = n > 1500 && scale < 2 * smallest ? 0.6 : 1.4;
        context.stroke();
      }
      context.fill();
    }
  };
  // Names: the largest first, none on another.
  const setFont = (context, bold = false) => {
    context.font = `${bold ? "600 " : ""}12px ${ink.family}`;
    context.textBaseline = "middle";
  };
  const write = (context, k, taken, bold = false, always = false) => {
    const text = names[k];
    const width = context.measureText(text).width;
    const r = radius(k) + (bold ? 4 : 0);
    const spots = [[sx(k) + r + 3, sy(k)], [sx(k) - r - 3 - width, sy(k)], [sx(k) - width / 2, sy(k) - r - 9], [sx(k) - width / 2, sy(k) + r + 9]];
    const free = ([x, y]) => x > 2 && x + width < wide - 2 && y > 8 && y < high - 8 && !taken.some((box) => x < box[2] && box[0] < x + width && y - 8 < box[3] && box[1] < y + 8);
    const spot = spots.find(free) ?? (always ? spots[0] : null);
    if (!spot) return false;
    taken.push([spot[0] - 2, spot[1] - 8, spot[0] + width + 2, spot[1] + 8]);
    context.lineWidth = 3.5;
    context.lineJoin = "round";
    context.strokeStyle = ink.paper;
    context.strokeText(text, ...spot);
    context.fillStyle = ink.ink;
    context.fillText(text, ...spot);
    return true;
  };
  const drawNames = (context) => {
    setFont(context);
    const taken = [];
    const usual = moving ? MOST_NAMES.moving : Math.round(MOST_NAMES.still * Math.min(1, 0.4 + 0.3 * (scale / smallest)));
    let [most, tries] = [usual, 0];
    for (const k of bySize) {
      if (!most || tries > 400) break;
      if (!actorOn[k] || !inView(k)) continue;
      tries++;
      if (write(context, k, taken)) most--;
    }
    if (!moving) nameHulls(context, taken);
  };
  // What a community is called stands at its upper or lower rim, where there is room.
  const nameHulls = (context, taken) => {
    context.font = `600 11px ${ink.family}`;
    for (const { group, name, middle, rims } of hulls) {
      if (!there.has(group)) continue;
      const text = cut(name);
      const width = context.measureText(text).width;
      const x = middle * scale + left - width / 2;
      const free = (y) => x > 2 && x + width < wide - 2 && y > 8 && y < high - 8 && !taken.some((box) => x < box[2] && box[0] < x + width && y - 8 < box[3] && box[1] < y + 8);
      const y = [rims[0] * scale + top - 8, rims[1] * scale + top + 8].find(free);
      if (y === undefined) continue;
      taken.push([x - 2, y - 8, x + width + 2, y + 8]);
      context.lineWidth = 3.5;
      context.strokeStyle = ink.paper;
      context.strokeText(text, x, y);
      context.fillStyle = ink.quiet;
      context.fillText(text, x, y);
    }
  };

  // Above the map: who is pointed at with neighbours, the path, the removed, the seeds.
  let pointed = -1;
  const selected = () => model.get("selected").map((name) => codeOf.get(name)).filter((k) => k !== undefined);
  const codesOf = (list) => (list ?? []).map((name) => codeOf.get(name)).filter((k) => k !== undefined);
  const ring = (k, colour, width = 2.5, more = 3) => {
    penOver.beginPath();
    penOver.arc(sx(k), sy(k), radius(k) + more, 0, 2 * Math.PI);
    penOver.lineWidth = width;
    penOver.strokeStyle = colour;
    penOver.stroke();
  };
  const lineOver = (t, colour, width, alpha) => {
    inMapMeasure(penOver);
    const path = new Path2D();
    curve(path, t, false);
    penOver.globalAlpha = alpha;
    penOver.strokeStyle = colour;
    penOver.lineWidth = width / scale;
    penOver.stroke(path);
    inPixels(penOver);
    if (!(tieKinds[3 * t + 2] & TWO_WAY)) head(penOver, t, colour);
    penOver.globalAlpha = 1;
  };
  const drawOver = () => {
    inPixels(penOver);
    penOver.clearRect(0, 0, wide, high);
    const answer = model.get("answer");
    const path = codesOf(answer.path?.actors).filter((k) => actorOn[k]);
    const chosen = selected().filter((k) => actorOn[k]);
    const focus = pointed >= 0 ? pointed : (chosen.at(-1) ?? -1);
    const bright = new Set([...path, ...chosen]);
    const near = focus >= 0 ? neighbours(focus) : new Map();
    for (const k of near.keys()) bright.add(k);
    if (focus >= 0) bright.add(focus);
    const [gone, off, seeds] = [codesOf(model.get("removed")), codesOf(answer.removal?.cut_off), codesOf(model.get("seeds"))];
    if (!bright.size) drawNames(penOver);
    else {
      penOver.globalAlpha = 0.68;
      penOver.fillStyle = ink.paper;
      penOver.fillRect(0, 0, wide, high);
      penOver.globalAlpha = 1;
    }
    for (const ties of near.values()) for (const t of ties.slice(0, 3)) lineOver(t, tieKinds[3 * t + 2] & AGAINST ? CUT : ink.ink, 0.8 + 2.2 * shares[t], 0.55);
    drawPath(path);
    const small = [...bright].sort((a, b) => places[3 * b + 2] - places[3 * a + 2]);
    drawMarks(penOver, small, (k) => actorOn[k]);
    inPixels(penOver);
    for (const k of off.filter((code) => actorOn[code])) ring(k, CUT, 1.5, 2);
    for (const k of gone.filter((code) => actorOn[code])) cross(k);
    seeds.forEach((k, at) => actorOn[k] && star(k, at + 1));
    for (const k of chosen) ring(k, ink.ink);
    setFont(penOver, true);
    const taken = [];
    for (const k of new Set([...(focus >= 0 ? [focus] : []), ...chosen, ...path, ...gone])) if (actorOn[k]) write(penOver, k, taken, true, true);
    setFont(penOver);
    let most = moving ? 0 : 14;
    for (const [k] of [...near].sort((a, b) => strongest(b[1]) - strongest(a[1]))) if (most && write(penOver, k, taken)) most--;
  };
  const strongest = (ties) => Math.max(...ties.map((t) => shares[t]));
  const drawPath = (path) => {
    for (let at = 0; at + 1 < path.length; at++) {
      const t = (neighbours(path[at]).get(path[at + 1]) ?? []).find((each) => ends[2 * each] === path[at] || tieKinds[3 * each + 2] & TWO_WAY);
      if (t !== undefined) lineOver(t, PATH, 4, 1);
    }
  };
  const cross = (k) => {
    const r = radius(k) + 4;
    penOver.beginPath();
    for (const way of [1, -1]) {
      penOver.moveTo(sx(k) - r, sy(k) - way * r);
      penOver.lineTo(sx(k) + r, sy(k) + way * r);
    }
    penOver.lineWidth = 3;
    penOver.strokeStyle = CUT;
    penOver.stroke();
  };
  const star = (k, place) => {
    ring(k, SEED, 3, 3);
    setFont(penOver, true);
    const [x, y] = [sx(k) + radius(k) + 4, sy(k) - radius(k) - 4];
    penOver.beginPath();
    penOver.arc(x, y, 8, 0, 2 * Math.PI);
    penOver.fillStyle = SEED;
    penOver.fill();
    penOver.fillStyle = "#fff";
    penOver.textAlign = "center";
    penOver.fillText(String(place), x, y + 0.5);
    penOver.textAlign = "start";
  };

  // The pointer and the keys.
  const hit = (x, y) => {
    const [wx, wy] = [(x - left) / scale, (y - top) / scale];
    const reach = 14 / scale + CELL;
    let [best, least] = [-1, Infinity];
    for (let column = Math.floor((wx - reach) / CELL); column <= Math.floor((wx + reach) / CELL); column++) {
      for (let row = Math.floor((wy - reach) / CELL); row <= Math.floor((wy + reach) / CELL); row++) {
        for (const k of cells.get(column + 1000 * row) ?? []) {
          const away = Math.hypot(sx(k) - x, sy(k) - y) - radius(k);
          if (away < 5 && away < least) [best, least] = [k, away];
        }
      }
    }
    return best;
  };
  const profileLine = (k) => {
    const type = typeNames[kinds[5 * k + 4]];
    return [type, number.format(starts[k + 1] - starts[k]) + " ties"].filter(Boolean).join(", ");
  };
  const point = (k, x, y) => {
    tip.hidden = k < 0;
    over.style.cursor = k < 0 ? "grab" : "pointer";
    if (k >= 0) {
      tip.style.left = `${Math.min(x + 14, wide - 190)}px`;
      tip.style.top = `${Math.min(y + 14, high - 60)}px`;
    }
    if (k === pointed) return;
    pointed = k;
    if (k >= 0) tip.replaceChildren(h("bdi", { className: "mk-tipname", textContent: labels[k] }), h("span", { textContent: profileLine(k) }));
    ask();
  };
  const choose = (k, add = false) => {
    const now = model.get("selected");
    const name = k < 0 ? null : ids[k];
    let next = name === null ? [] : [name];
    if (add && name !== null) next = now.includes(name) ? now.filter((each) => each !== name) : [...now, name];
    if (!same(next, now)) change({ selected: next });
    if (k >= 0) say(`${labels[k]}: ${profileLine(k)}`);
  };
  let drag = null;
  const place = (event) => {
    const box = over.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const pointers = {
    pointerdown: (event) => {
      const [x, y] = place(event);
      drag = { x, y, far: false };
      over.setPointerCapture?.(event.pointerId);
    },
    pointermove: (event) => {
      const [x, y] = place(event);
      if (!drag) return point(hit(x, y), x, y);
      if (!drag.far && Math.hypot(x - drag.x, y - drag.y) < 4) return;
      drag.far = true;
      tip.hidden = true;
      panBy(x - drag.x, y - drag.y);
      [drag.x, drag.y] = [x, y];
    },
    pointerup: (event) => {
      const far = drag?.far;
      drag = null;
      if (!far) choose(hit(...place(event)), event.shiftKey || event.ctrlKey || event.metaKey);
    },
    pointercancel: () => (drag = null),
    pointerleave: () => !drag && point(-1),
    wheel: (event) => {
      if (document.activeElement !== over && !over.matches(":focus") && !event.ctrlKey) {
        hint.hidden = false;
        setTimeout(() => (hint.hidden = true), 1600);
        return;
      }
      event.preventDefault();
      zoomBy(Math.exp(-clip(-120, event.deltaY, 120) * 0.0022), ...place(event));
    },
    keydown: (event) => {
      const step = 48;
      const act = {
        ArrowLeft: () => panBy(step, 0),
        ArrowRight: () => panBy(-step, 0),
        ArrowUp: () => panBy(0, step),
        ArrowDown: () => panBy(0, -step),
        "+": () => zoomBy(1.3),
        "=": () => zoomBy(1.3),
        "-": () => zoomBy(1 / 1.3),
        0: () => fit(),
        PageDown: () => stepTo(1),
        PageUp: () => stepTo(-1),
        Escape: () => choose(-1),
      }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
  };
  for (const [name, act] of Object.entries(pointers)) over.addEventListener(name, act, { passive: false });
  // From one actor to the next smaller or larger, without a mouse.
  const stepTo = (way) => {
    const there = bySize.filter((k) => actorOn[k]);
    if (!there.length) return;
    const at = there.indexOf(selected().at(-1) ?? -1);
    const k = there[at < 0 ? 0 : (at + way + there.length) % there.length];
    choose(k);
    bringIntoView(k);
  };

  // Search.
  const found = h("ul", { className: "mk-found", id: `${id}-found`, role: "listbox", hidden: true, "aria-label": "Actors found" });
  let [hits, at] = [[], 0];
  const search = h("input", {
    type: "search",
    id: `${id}-search`,
    placeholder: "Name or id",
    autocomplete: "off",
    role: "combobox",
    "aria-controls": `${id}-found`,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    oninput: () => look(),
    onblur: () => setTimeout(() => showFound(false), 150),
    onkeydown: (event) => {
      const act = {
        ArrowDown: () => mark(at + 1),
        ArrowUp: () => mark(at - 1),
        Enter: () => hits.length && take(hits[at]),
        Escape: () => showFound(false),
      }[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
  });
  const look = () => {
    const wanted = search.value.trim().toLowerCase();
    hits = [];
    if (wanted) {
      const ahead = bySize.filter((k) => actorOn[k] && searched[k].startsWith(wanted));
      const within = bySize.filter((k) => actorOn[k] && !searched[k].startsWith(wanted) && searched[k].includes(wanted));
      hits = [...ahead, ...within].slice(0, MOST_FOUND);
    }
    at = 0;
    found.replaceChildren(
      ...hits.map((k, place_) =>
        h(
          "li",
          { id: `${id}-found-${place_}`, role: "option", onpointerdown: (event) => (event.preventDefault(), take(k)) },
          h("bdi", { textContent: labels[k] }),
          h("span", { textContent: typeNames[kinds[5 * k + 4]] ?? "" }),
        ),
      ),
    );
    if (wanted && !hits.length) found.replaceChildren(h("li", { className: "mk-nobody", textContent: "Nobody of that name is shown" }));
    showFound(Boolean(wanted));
    mark(0);
  };
  const mark = (to) => {
    at = clip(0, to, Math.max(0, hits.length - 1));
    [...found.children].forEach((item, place_) => item.setAttribute("aria-selected", String(place_ === at && hits.length > 0)));
    if (hits.length) search.setAttribute("aria-activedescendant", `${id}-found-${at}`);
    else search.removeAttribute("aria-activedescendant");
  };
  const showFound = (show) => {
    found.hidden = !show;
    search.setAttribute("aria-expanded", String(show));
  };
  const take = (k) => {
    showFound(false);
    search.value = "";
    choose(k);
    bringIntoView(k);
  };

  // Filters: a button a kind; pressed ones are shown.
  const chips = (label, trait, pairs, picture) => {
    const row = h("div", { className: "mk-chips", role: "group", "aria-label": label }, h("span", { className: "mk-chipslabel", textContent: label }));
    const all = pairs.map(([name]) => name);
    const buttons = pairs.map(([name, many]) =>
      h(
        "button",
        {
          type: "button",
          className: "mk-chip",
          title: `${name}: click to show or hide, double-click to show only this`,
          onclick: () => {
            const now = model.get(trait) ?? all;
            const next = now.includes(name) ? now.filter((each) => each !== name) : all.filter((each) => now.includes(each) || each === name);
            change({ [trait]: next.length === all.length ? null : next });
          },
          ondblclick: () => change({ [trait]: [name] }),
        },
        ...(picture ? [picture(name)] : []),
        h("bdi", { textContent: cut(name) }),
        h("span", { className: "mk-many", textContent: number.format(many) }),
      ),
    );
    row.append(...buttons);
    row.hidden = pairs.length < 2;
    const tell = () => {
      const now = model.get(trait) ?? all;
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(now.includes(all[k]))));
    };
    return { row, tell };
  };
  const icon = (marker, colour) => {
    const drawn = h("canvas", { className: "mk-icon", width: 28, height: 28, "aria-hidden": "true" });
    const context = drawn.getContext("2d");
    context.beginPath();
    trace(context, marker, 14, 14, 10);
    context.fillStyle = colour;
    context.fill();
    return drawn;
  };
  readInk();
  const lookOf = (pairs, name) => (pairs.find(([each]) => each === name) ?? pairs.find(([each]) => each === "others"))?.[1];
  const typeIcon = (name) => icon(lookOf(model.get("shapes"), name) ?? "o", (model.get("coloured") === "type" && lookOf(model.get("colours"), name)) || "#8A8A8A");
  const types = chips("Actors", "types", model.get("type_names"), typeIcon);
  const tieTypes = chips("Ties", "tie_types", model.get("tie_type_names"));
  const stageChips = chips("Stages", "stages_shown", model.get("stage_names"));
  const legend = h("div", { className: "mk-legend" });
  const drawLegend = () => {
    const own = model.get("coloured");
    legend.replaceChildren();
    if (own !== "type" && own !== "community") legend.append(h("bdi", { textContent: `${own}:` }), ...model.get("colours").flatMap(([name, colour]) => [icon("o", colour), h("bdi", { textContent: cut(name) })]));
    legend.append(h("span", { textContent: `Size: ${model.get("sized")}. Colour: ${own}. Shape: type.` }));
  };
  const stops = model.get("stops");
  const stopName = () => stops[until.input.value]?.[1] ?? "all";
  const until = slider(id, "Ties begun", "until", () => change({ until: stops[until.input.value]?.[0] ?? null }), stopName, { max: stops.length });
  until.field.hidden = stops.length < 2;
  const drawTime = () => {
    const now = model.get("until");
    until.input.value = now === null ? stops.length : Math.max(0, stops.findLastIndex(([value]) => value <= now));
    until.tell();
  };
  const tally = h("div", { className: "mk-tally", role: "status" });

  // Beside the map: who is chosen, and what was asked.
  const side = h("div", { className: "mk-side" });
  let from = null; // where a path will start
  const button = (text, act, more = {}) => h("button", { type: "button", className: "mk-copy", textContent: text, onclick: act, ...more });
  const toggled = (trait, name) => {
    const now = model.get(trait);
    return now.includes(name) ? now.filter((each) => each !== name) : [...now, name];
  };
  const drawProfile = (k) => {
    const name = ids[k];
    const facts = model.get("columns").map((column, at_) => [column, model.get("facts")[at_][k]]).filter(([, value]) => value);
    const near = [...neighbours(k)].sort((a, b) => strongest(b[1]) - strongest(a[1]));
    const list = near.slice(0, MOST_NEIGHBOURS).map(([other, ties]) => {
      const kind = [...new Set(ties.map((t) => tieTypeNames[tieKinds[3 * t]]).filter(Boolean))].join(", ");
      const go = () => {
        choose(other);
        bringIntoView(other);
      };
      return h("li", {}, h("button", { type: "button", className: "mk-move", onclick: go, title: kind }, h("bdi", { className: "mk-name", textContent: labels[other] }), h("span", { className: "mk-count", textContent: [kind, weights[ties[0]].toFixed(2)].filter(Boolean).join(" ") })));
    });
    const [gone, seed] = [model.get("removed").includes(name), model.get("seeds").includes(name)];
    return [
      h("div", { className: "mk-heading mk-who" }, typeNames[kinds[5 * k + 4]] ? typeIcon(typeNames[kinds[5 * k + 4]]) : "", h("bdi", { textContent: labels[k] })),
      h("dl", {}, ...[["id", name], ["type", typeNames[kinds[5 * k + 4]] ?? ""], ["ties shown", number.format(starts[k + 1] - starts[k])], ...facts].filter(([, value]) => value).flatMap(([label, value]) => [h("dt", { textContent: label }), h("dd", {}, h("bdi", { textContent: value }))])),
      h(
        "div",
        { className: "mk-acts" },
        from && from !== name
          ? button(`Path from ${cut(labels[codeOf.get(from)])} to here`, () => {
              const path = [from, name];
              from = null;
              change({ path });
            })
          : button(from === name ? "Now choose the other end" : "Path from here", () => {
              from = from === name ? null : name;
              drawSide();
            }),
        button(gone ? "Put back" : "Take out", () => change({ removed: toggled("removed", name) }), { "aria-pressed": String(gone) }),
        button(seed ? "No seed" : "Make a seed", () => change({ seeds: toggled("seeds", name), find: 0 }), { "aria-pressed": String(seed) }),
      ),
      h("div", { className: "mk-heading", textContent: near.length > MOST_NEIGHBOURS ? `Strongest ${MOST_NEIGHBOURS} of ${number.format(near.length)} neighbours` : "Neighbours" }),
      near.length ? h("ol", { className: "mk-moves" }, ...list) : h("div", { className: "mk-keys", textContent: "No tie to anybody shown." }),
    ];
  };
  const answerBox = (title, answer, clear, extra = []) => {
    const lines_ = (answer?.rows ?? []).map(([name, value]) => h("li", {}, h("bdi", { className: "mk-name", textContent: name }), h("span", { className: "mk-count", textContent: value })));
    const cutOff = codesOf(answer?.cut_off);
    if (cutOff.length) lines_.push(...cutOff.slice(0, 8).map((k) => h("li", {}, h("bdi", { className: "mk-name", textContent: labels[k] }), h("span", { className: "mk-count", textContent: "cut off" }))));
    return h(
      "section",
      { className: "mk-answer" },
      h("div", { className: "mk-heading mk-codehead" }, h("span", { textContent: title }), ...(clear ? [button("Clear", clear)] : [])),
      ...extra,
      answer?.title ? h("div", { className: "mk-title", textContent: answer.title }) : "",
      answer?.message ? h("div", { className: "mk-message mk-fault", role: "alert", textContent: answer.message }) : "",
      lines_.length ? h("ul", { className: "mk-rows" }, ...lines_) : "",
      answer?.note ? h("div", { className: "mk-keys", textContent: answer.note }) : "",
    );
  };
  const many = h("input", { type: "number", id: `${id}-find`, min: 1, max: 200, value: Math.max(1, model.get("find") || 5), onkeydown: (event) => event.stopPropagation() });
  const finder = h("div", { className: "mk-finder" }, h("label", { htmlFor: many.id, textContent: "Best seeds to find" }), many, button("Find", () => change({ find: clip(1, Math.round(Number(many.value)) || 1, 200) })));
  const drawSide = () => {
    const focused = side.contains(document.activeElement) ? document.activeElement.textContent : null;
    const chosen = selected().filter((k) => actorOn[k]);
    const answer = model.get("answer");
    const parts = [];
    if (chosen.length) parts.push(...drawProfile(chosen.at(-1)));
    else parts.push(h("div", { className: "mk-keys", textContent: "Click an actor for its profile, shift-click to choose several. Drag or arrows move the map, + and − zoom, 0 shows all, page up and down step from actor to actor." }));
    if (chosen.length > 1) parts.push(h("div", { className: "mk-keys", textContent: `${number.format(chosen.length)} are chosen; Python has them as explorer.selection.` }));
    const path = model.get("path");
    if (path.length === 2) parts.push(answerBox(`Path: ${path.map((name) => cut(labels[codeOf.get(name)] ?? name)).join(" → ")}`, answer.path, () => change({ path: [] })));
    const removed = model.get("removed");
    if (removed.length) parts.push(answerBox(`Without ${removed.map((name) => cut(labels[codeOf.get(name)] ?? name)).join(", ")}`, answer.removal, () => change({ removed: [] })));
    parts.push(answerBox("Seeds", answer.spread, model.get("seeds").length ? () => change({ seeds: [], find: 0 }) : null, [finder]));
    side.replaceChildren(...parts);
    if (focused) [...side.querySelectorAll("button")].find((each) => each.textContent === focused)?.focus();
  };

  const drawFilters = () => {
    filter();
    for (const each of [types, tieTypes, stageChips]) each.tell();
    drawTime();
    tally.textContent = `${number.format(counts.actors)} of ${number.format(n)} actors, ${number.format(counts.ties)} of ${number.format(m)} ties`;
    drawSide();
    ask();
  };
  const { settle, stopWaiting } = waitingFigure(model, figure, busy, still, answersFor(model, SETTINGS));
  const { heading, code, drawWords } = wordsBelow(model, "Python that gives the same", say);
  const drawAlt = () => over.setAttribute("aria-label", model.get("alt"));

  frame(el, "mk-explorer", "mk-ecosystem");
  el.append(
    h(
      "div",
      { className: "mk-top" },
      h("div", { className: "mk-field mk-search" }, h("label", { htmlFor: search.id, textContent: "Find an actor" }), search, found),
      until.field,
      tally,
    ),
    h("div", { className: "mk-filters" }, types.row, tieTypes.row, stageChips.row),
    h("div", { className: "mk-body" }, h("div", { className: "mk-left" }, figure, legend), side),
    heading,
    code,
    said,
  );

  on(["types", "tie_types", "stages_shown", "until"], drawFilters);
  on(["selected", "path", "removed", "seeds", "answer"], () => {
    drawSide();
    ask();
  });
  on(["message"], drawMessage);
  on(["code"], drawWords);
  on(["alt"], drawAlt);
  on(["shown", ...SETTINGS], settle);

  const measure = () => {
    const box = stageArea.getBoundingClientRect();
    if (!box.width) return;
    const all = scale === smallest || !base.width;
    [wide, high, ratio] = [box.width, box.height, Math.min(devicePixelRatio || 1, 2)];
    for (const each of [base, over]) [each.width, each.height] = [Math.round(wide * ratio), Math.round(high * ratio)];
    readInk();
    if (all) fit();
    ask();
  };
  const watcher = new ResizeObserver(measure);
  watcher.observe(stageArea);
  for (const first of [drawFilters, drawLegend, drawMessage, drawWords, drawAlt, measure, fit, settle]) first();

  return () => {
    stopListening();
    stopWaiting();
    clearTimeout(rest);
    cancelAnimationFrame(asked);
    watcher.disconnect();
  };
}

export default { render };
