// The page of an InfluencerBoard. It shows the numbers that Python ranked and changes traits; it orders and hides rows.
// Only the rows in sight are in the page. Text from data is set as text, never as markup.

const ASKED = ["reach", "relevance", "resonance", "goal", "topics", "top"];
const PARTS = [
  ["reach", "Reach"],
  ["relevance", "Relevance"],
  ["resonance", "Resonance"],
];
const [SCORE, RANK, LOW, HIGH, TOP] = [0, 1, 2, 3, 4];
const [ID, NAME, PLATFORM, TIER, AUDIENCE] = [0, 1, 2, 3, 4];
const ROW = 40; // pixels
const HEAD = 40; // the table's own head, which stays while rows move
const SPARE = 4; // rows drawn above and below those in sight

const percent = (share) => (Number.isFinite(share) ? `${Math.round(100 * share)}%` : "–");

function render({ model, el }) {
  const id = `mk-board-${++made}`;
  const { on, stopListening } = listening(model);
  const change = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    settle();
  };
  const answered = answersFor(model, ASKED);
  const { said, say } = speaking();

  // Weights: a slider in motion asks again as soon as its last question is answered.
  let next = null;
  const ask = (values) => {
    if (answered()) change(values);
    else next = { ...next, ...values };
  };
  const sliders = PARTS.map(([name, label]) => {
    const { input, tell, field } = slider(
      id,
      label,
      name,
      () => ask({ [name]: Number(input.value) / 100, goal: null }),
      () => input.value,
      { max: 100, step: 5, spoken: () => `${input.value} of 100` },
    );
    const draw = () => {
      // A hand that moves the slider is ahead of the answers.
      if (!next || next[name] === undefined) input.value = Math.round(100 * model.get(name));
      input.disabled = name === "relevance" && !model.get("topics").length;
      tell();
    };
    return { field, draw };
  });

  const choose = (label, name, act) => chooser(id, label, name, act);
  const goal = choose("Goal", "goal", (value) => change({ goal: value || null }));
  const topic = choose("Topic", "topics", (value) => change({ topics: value ? [value] : [] }));
  const tier = choose("Show tier", "tier", (value) => change({ tier: value || null }));
  const platform = choose("Show platform", "platform", (value) => change({ platform: value || null }));
  const drawSettings = () => {
    const pairs = (name) => model.get(name).map((each) => [each, each]);
    fill(goal.select, [["", "My own weights"], ...pairs("goals")], model.get("goal") ?? "");
    fill(topic.select, [["", "No topic"], ...pairs("known_topics")], model.get("topics").join(", "));
    fill(tier.select, [["", "All"], ...pairs("tiers")], model.get("tier") ?? "");
    fill(platform.select, [["", "All"], ...pairs("platforms")], model.get("platform") ?? "");
    for (const each of sliders) each.draw();
  };

  // The table: rows in order of rank, of which only those in sight are drawn.
  let order = [];
  let ranks = new Float32Array();
  let parts = new Float32Array();
  let farthest = 2;
  let active = 0; // place in the order
  const sky = h("div", { className: "mk-sky" });
  const list = h("div", {
    className: "mk-rows",
    tabIndex: 0,
    role: "listbox",
    "aria-multiselectable": "true",
    "aria-label": "Influencers in order of rank",
    onscroll: () => requestAnimationFrame(drawRows),
    onkeydown: (event) => walk(event),
    onfocus: () => drawRows(),
  });
  const count = h("div", { className: "mk-quiet mk-total" });
  const { message, drawMessage } = messageBox(model);
  const busy = h("div", { className: "mk-busy", role: "status" });
  const still = h("div", { className: "mk-still", hidden: true }, "There is no Python behind this page, so the ranks stay as they were saved.");

  const at = (row, number) => ranks[5 * row + number];
  const along = (rank) => `${(100 * Math.log(Math.max(rank, 1))) / Math.log(farthest)}%`;
  const sort = () => {
    const people = model.get("people");
    const [onlyTier, onlyPlatform] = [model.get("tier"), model.get("platform")];
    order = people
      .map((_, row) => row)
      .filter((row) => (!onlyTier || people[row][TIER] === onlyTier) && (!onlyPlatform || people[row][PLATFORM] === onlyPlatform));
    const key = (row) => (Number.isNaN(at(row, RANK)) ? Infinity : at(row, RANK));
    order.sort((a, b) => key(a) - key(b) || a - b);
    active = clip(0, active, Math.max(order.length - 1, 0));
  };
  const isPicked = (row) => model.get("selected").includes(model.get("people")[row][ID]);
  const sentence = (row) => {
    const [, name, where, size, audience] = model.get("people")[row];
    const note = model.get("row_notes")[row];
    if (Number.isNaN(at(row, RANK))) return `${name}, ${where} ${size}, ${audience} followers: no score, ${note}`;
    const three = PARTS.map(([key], k) => `${key} ${percent(parts[3 * row + k])}`).join(", ");
    return `${name}, rank ${at(row, RANK)}, between ${at(row, LOW)} and ${at(row, HIGH)}; ${three}${note ? `; ${note}` : ""}`;
  };
  const bar = (share, name) =>
    h("div", { className: "mk-bar", title: `${name} ${percent(share)}` }, h("i", { className: `mk-${name}`, style: `width:${Number.isFinite(share) ? 100 * share : 0}%` }));
  const rowOf = (place) => {
    const row = order[place];
    const [actor, name, where, size, audience] = model.get("people")[row];
    const [rank, note] = [at(row, RANK), model.get("row_notes")[row]];
    const scored = !Number.isNaN(rank);
    const span = h("div", { className: "mk-span" });
    if (scored) {
      const [low, high] = [along(at(row, LOW)), along(at(row, HIGH))];
      span.append(
        h("i", { className: "mk-whisker", style: `left:${low};width:calc(${high} - ${low})` }),
        h("i", { className: "mk-dot", style: `left:${along(rank)}` }),
      );
      span.title = `rank ${rank}, between ${at(row, LOW)} and ${at(row, HIGH)}`;
    }
    const classes = ["mk-row", scored ? "" : "mk-unscored", place === active ? "mk-active" : "", isPicked(row) ? "mk-picked" : ""];
    return h(
      "div",
      {
        className: classes.filter(Boolean).join(" "),
        id: `${id}-row-${row}`,
        role: "option",
        "aria-selected": String(isPicked(row)),
        "aria-label": sentence(row),
        "aria-setsize": String(order.length),
        "aria-posinset": String(place + 1),
        style: `top:${place * ROW}px`,
        onclick: () => {
          active = place;
          pick(row);
        },
      },
      h("div", { className: "mk-tick", textContent: isPicked(row) ? "✓" : "" }),
      h("div", { className: "mk-rank", textContent: scored ? rank : "–" }),
      h(
        "div",
        { className: "mk-who" },
        h("bdi", { className: "mk-name", textContent: name, title: actor }),
        h("span", { className: "mk-quiet", textContent: [where, size, audience].filter(Boolean).join(" · ") }),
      ),
      ...PARTS.map(([key], k) => bar(parts[3 * row + k], key)),
      span,
      h("div", { className: "mk-top", textContent: scored ? percent(at(row, TOP)) : "" }),
      h("div", { className: "mk-quiet mk-note", textContent: note, title: note }),
    );
  };
  const drawRows = () => {
    const first = clip(0, Math.floor(list.scrollTop / ROW) - SPARE, order.length);
    const last = Math.min(order.length, Math.ceil((list.scrollTop + (list.clientHeight || 480)) / ROW) + SPARE);
    sky.style.height = `${order.length * ROW}px`;
    sky.replaceChildren(...Array.from({ length: Math.max(0, last - first) }, (_, k) => rowOf(first + k)));
    if (order.length) list.setAttribute("aria-activedescendant", `${id}-row-${order[active]}`);
    const scored = order.filter((row) => !Number.isNaN(at(row, RANK))).length;
    const picked = model.get("selected").length;
    count.textContent = `${number.format(order.length)} shown, ${number.format(scored)} with a score${picked ? `, ${number.format(picked)} picked` : ""}`;
  };
  const pick = (row) => {
    const actor = model.get("people")[row][ID];
    const now = model.get("selected");
    change({ selected: now.includes(actor) ? now.filter((each) => each !== actor) : [...now, actor] });
    say(`${sentence(row)}. ${isPicked(row) ? "Picked" : "Not picked"}.`);
  };
  const walk = (event) => {
    const page = Math.max(1, Math.floor((list.clientHeight - HEAD) / ROW) - 1);
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: order.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      if (order.length) pick(order[active]);
      return;
    }
    if (to === undefined || !order.length) return;
    event.preventDefault();
    event.stopPropagation();
    active = clip(0, to, order.length - 1);
    const top = active * ROW;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + ROW + HEAD > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW + HEAD - list.clientHeight;
    drawRows();
    say(sentence(order[active]));
  };

  // The head of the table, with a scale of ranks: 1, 10, 100 are equally far.
  const scale = h("div", { className: "mk-scale" });
  const top = h("div", {});
  const head = h(
    "div",
    { className: "mk-row mk-headrow", role: "presentation" },
    h("div"),
    h("div", { className: "mk-rank", textContent: "#" }),
    h("div", { textContent: "Influencer" }),
    ...PARTS.map(([, label]) => h("div", { textContent: label })),
    scale,
    top,
    h("div", { textContent: "Note" }),
  );
  const drawNumbers = () => {
    ranks = numbersOf(Float32Array, model.get("ranks"));
    parts = numbersOf(Float32Array, model.get("percentiles"));
    farthest = 2;
    for (let row = 0; row < ranks.length / 5; row++) if (at(row, HIGH) > farthest) farthest = at(row, HIGH);
    const ticks = [1, 10, 100, 1000, 10000].filter((tick) => tick <= farthest);
    scale.replaceChildren(h("span", { className: "mk-scalename", textContent: "Rank, 95% of draws" }), ...ticks.map((tick) => h("b", { style: `left:${along(tick)}`, textContent: number.format(tick) })));
    top.textContent = `In top ${model.get("top")}`;
    drawTable();
  };
  const drawTable = () => {
    sort();
    drawRows();
  };
  // An answer changes several traits in one message; its rows are sorted and drawn once.
  let due = false;
  const drawAnswer = () => {
    if (!due) queueMicrotask(() => ((due = false), drawNumbers()));
    due = true;
  };

  list.append(head, sky);
  const figure = h("div", { className: "mk-figure" }, busy, still, message, list, count);
  const waiting = waitingFigure(model, figure, busy, still, answered);
  const { stopWaiting } = waiting;
  const settle = () => {
    waiting.settle();
    if (answered() && next) {
      const values = next;
      next = null;
      if (Object.entries(values).some(([name, value]) => !same(value, model.get(name)))) change(values);
    }
    // For whoever waits for an answer: it is there.
    figure.dataset.answered = answered() ? JSON.stringify(ASKED.map((name) => model.get(name))) : "";
  };

  const { counted, heading, code, drawWords } = wordsBelow(model, "Python that makes this ranking", say, "How this was ranked");
  const drawAlt = () => list.setAttribute("aria-description", model.get("alt"));

  frame(el, "mk-explorer", "mk-influencers");
  el.append(
    h("div", { className: "mk-settings", role: "group", "aria-label": "Weights" }, goal.field, ...sliders.map((each) => each.field)),
    h("div", { className: "mk-settings", role: "group", "aria-label": "Which influencers" }, topic.field, tier.field, platform.field),
    figure,
    h("div", { className: "mk-keys", textContent: "Click a row to pick it. With the keyboard: arrows walk, enter picks." }),
    counted,
    heading,
    code,
    said,
  );

  on(["reach", "relevance", "resonance", "goal", "goals", "topics", "known_topics", "tier", "tiers", "platform", "platforms"], drawSettings);
  on(["ranks", "percentiles", "row_notes"], drawAnswer);
  on(["tier", "platform", "people"], drawTable);
  on(["selected"], drawRows);
  on(["message"], drawMessage);
  on(["code", "notes"], drawWords);
  on(["alt"], drawAlt);
  on(["shown", ...ASKED], settle);
  for (const draw of [drawSettings, drawNumbers, drawMessage, drawWords, drawAlt, settle]) draw();
  // In a page that is still being laid out nothing has a height.
  const watcher = new ResizeObserver(drawRows);
  watcher.observe(list);

  return () => {
    stopListening();
    stopWaiting();
    watcher.disconnect();
  };
}

export default { render };
