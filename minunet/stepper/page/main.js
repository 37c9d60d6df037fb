"use strict";

// The page: where we stand among the events, which number is asked about, and what is shown of both.

const MOST_TERMS = 60; // of a longer sum the largest are listed
const state = { position: 0, what: null, index: null };
const $ = (id) => document.getElementById(id);

/** An element with attributes, listeners (`onclick`) and children. */
function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, given] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), given);
    else if (given !== false && given !== null) made.setAttribute(name, given);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null));
  return made;
}

// ---- moving

function goTo(position) {
  state.position = Math.max(0, Math.min(step.events.length - 1, position));
  const event = step.events[state.position], [first] = Object.values(event.outputs);
  const { shape } = value(first);
  ask(first, shape.map((side, axis) => (axis < shape.length - 2 || shape.length < 3 ? 0 : side >> 1)));
}

/** Show the sum behind one number. */
function ask(what, index) {
  state.what = what;
  state.index = index;
  render();
}

document.addEventListener("keydown", (pressed) => {
  if (pressed.target.matches("canvas, input") || pressed.altKey || pressed.ctrlKey || pressed.metaKey) return;
  const moves = { ArrowRight: state.position + 1, ArrowLeft: state.position - 1, Home: 0, End: step.events.length - 1 };
  if (!(pressed.key in moves)) return;
  pressed.preventDefault();
  goTo(moves[pressed.key]);
});

// ---- showing

function render() {
  const focused = document.activeElement?.dataset.key; // everything is drawn anew: the focus stays with what it was on
  const event = step.events[state.position];
  $("slider").value = state.position;
  $("where").textContent = `${state.position} / ${step.events.length - 1}  ${event.phase}: ${event.name}`;
  renderU(event);
  renderEvent(event);
  renderInspector();
  for (const row of $("shapes").querySelectorAll("tr")) row.classList.toggle("here", row.dataset.layer === layerOf(event));
  if (focused) document.querySelector(`[data-key="${focused}"]`)?.focus();
}

/** The layer of the U that an event belongs to; the loss is shown at the head. */
const layerOf = (event) => event.name.replace(/\.backward$|\.(weight|bias)\.update$/, "").replace(/^loss$/, "head");
const positionOf = new Map(step.events.map((event, k) => [event.name, k]));
const layers = step.events.filter((event) => event.phase === "forward");

/** The network as the paper draws it; in the backward phase a layer shows the gradient that came to its output. */
function renderU(event) {
  const levels = new Map();
  for (const layer of layers) {
    const [, side, level] = /^(down|up)(\d+)/.exec(layer.name) ?? [null, layer.name === "head" ? "up" : "down", "0"];
    if (!levels.has(level)) levels.set(level, { down: [], up: [] });
    levels.get(level)[side].push(layer);
  }
  const rows = [...levels.keys()].sort((a, b) => a - b).map((level) => {
    const { down, up } = levels.get(level), bottom = up.length === 0;
    return h("div", { class: "level", style: `padding-left: ${level * 4}%; padding-right: ${level * 4}%` },
      bottom ? h("span", { class: "skip below" }) : null,
      down.map((layer) => tile(layer, event)),
      h("span", { class: `skip${bottom ? " below" : ""}` }),
      up.map((layer) => tile(layer, event)));
  });
  $("u").replaceChildren(...rows);
}

function tile(layer, event) {
  const backward = step.events[positionOf.get(`${layer.name}.backward`)];
  const hasGradient = backward && event.phase !== "forward" && event.phase !== "loss" && positionOf.get(backward.name) <= state.position;
  const gradient = hasGradient ? backward.inputs.dout ?? backward.outputs.dx : null, name = gradient ?? layer.outputs.out;
  const canvas = h("canvas"), map = plane(name, 0), [, , largest] = value("input.out").shape;
  paint(canvas, map, extent(map.data), Boolean(gradient));
  canvas.style.width = `max(0.7rem, ${map.width / largest} * var(--tile))`;
  const here = layerOf(event) === layer.name, future = positionOf.get(layer.name) > state.position;
  const target = hasGradient ? backward.name : layer.name;
  return h("button", { class: `layer${here ? " here" : ""}${future ? " future" : ""}`, "data-layer": layer.name,
    "data-key": `tile ${layer.name}`, tabindex: here ? 0 : -1, // one stop for Tab; the arrow keys go from event to event
    title: `${layer.name}: ${gradient ? "the gradient of its output, " : ""}${value(name).shape.join("×")}`,
    "aria-label": `${layer.name}, ${gradient ? "gradient of its output" : "output"}`,
    onclick: () => goTo(positionOf.get(target)) },
  canvas, h("small", {}, layer.name.split(".").pop()));
}

/** What the event took, and every map of what it made. */
function renderEvent(event) {
  const took = Object.entries(event.inputs).map(([argument, name]) => `${argument}: ${name} ${value(name).shape.join("×")}`);
  $("event").replaceChildren(
    h("h2", {}, `${event.name} `, h("span", { class: "soft" }, `${event.op}, ${event.phase}`)),
    h("p", { class: "soft" }, took.length ? `took ${took.join("; ")}` : "the image as the network is given it"),
    ...Object.entries(event.outputs).flatMap(([role, name]) => made(role, name)),
    ...parameters(event), ...given(event),
  );
}

function made(role, name) {
  const { shape, data } = value(name), diverging = isGradient(name) || madeBy.get(name).event.phase === "update", range = extent(data);
  if (shape.length === 0) return [h("h3", {}, `${role} `, h("span", { class: "number" }, data[0].toPrecision(7)))];
  const heading = h("h3", {}, `${role} ${shape.join("×")} `, scale(range, diverging));
  if (shape.length === 4 && madeBy.get(name).role !== "dweight" && madeBy.get(name).event.phase !== "update") {
    const side = shape[1] > 8 ? "5.6rem" : shape[1] > 4 ? "7.4rem" : shape[1] > 2 ? "9rem" : "14rem";
    return [heading, h("div", { class: "maps" }, Array.from({ length: planes(name) }, (_, c) => mapFigure(name, c, range, diverging, side)))];
  }
  return [heading, shape.length === 4 ? weightFigure(name) : numbers(name)];
}

function scale([low, high], diverging) {
  const size = Math.max(-low, high);
  const [left, right] = diverging ? [-size, size] : [low, high];
  return h("span", { class: "soft number" }, short(left), h("span", { class: `scale ${diverging ? "diverging" : "grey"}` }), short(right));
}

/** What was given besides: labels and weights of the pixels, the mask of a dropout. */
function given(event) {
  return ["labels", "weights", "keep"].filter((argument) => argument in event.inputs).flatMap((argument) => {
    const name = event.inputs[argument], range = extent(value(name).data);
    const maps = Array.from({ length: Math.min(planes(name), 8) }, (_, c) => {
      const canvas = h("canvas", { role: "img", "aria-label": `${argument}, map ${c}` });
      paint(canvas, plane(name, c), range, false);
      return h("figure", { style: `width: ${planes(name) > 1 ? "5.6rem" : "9rem"}` }, canvas);
    });
    return [h("h3", {}, `${argument} ${value(name).shape.join("×")} `, scale(range, false)), h("div", { class: "maps" }, maps)];
  });
}

/** One map, whose pixels can be clicked, or walked over with the arrow keys. */
function mapFigure(name, c, range, diverging, side) {
  const map = plane(name, c), { shape } = value(name), canvas = h("canvas", {
    tabindex: 0, role: "img", "data-value": name, "data-channel": c, "data-key": `${name} ${c}`,
    "aria-label": `${name}, ${mapName(shape, c)}, ${map.height} by ${map.width}; arrow keys move`,
  });
  paint(canvas, map, range, diverging);
  const indexOf = (row, column) => [Math.floor(c / shape[1]), c % shape[1], row, column];
  return interactive(canvas, map, name, indexOf, ([n, k, row, column]) => (n * shape[1] + k === c ? [row, column] : null),
    h("figcaption", {}, mapName(shape, c)), side);
}

/** Which image of a batch, and which channel. */
const mapName = ([N, C], c) => `${N > 1 ? `image ${Math.floor(c / C)}, ` : ""}channel ${c % C}`;

function weightFigure(name) {
  const sheet = kernelSheet(name), canvas = h("canvas", { tabindex: 0, role: "img", "data-value": name,
    "data-key": name, "aria-label": `${name}; arrow keys move` });
  paint(canvas, sheet.plane, extent(value(name).data), true);
  const context = canvas.getContext("2d"); // the gaps between kernels are see-through
  for (let row = 0; row < sheet.plane.height; row++)
    for (let column = 0; column < sheet.plane.width; column++)
      if (!sheet.indexAt(row, column)) context.clearRect(column, row, 1, 1);
  const side = `min(100%, ${Math.min(30, 0.75 * sheet.plane.width)}rem)`;
  return h("div", { class: "maps" }, interactive(canvas, sheet.plane, name, sheet.indexAt, sheet.place, null, side));
}

/** A canvas that asks about the element under a click, and marks the one that is asked about. */
function interactive(canvas, { height, width }, name, indexOf, placeOf, caption, side) {
  canvas.addEventListener("click", (click) => {
    const box = canvas.getBoundingClientRect();
    const row = Math.min(height - 1, Math.floor(((click.clientY - box.top) / box.height) * height));
    const column = Math.min(width - 1, Math.floor(((click.clientX - box.left) / box.width) * width));
    const index = indexOf(row, column);
    if (index) ask(name, index);
  });
  canvas.addEventListener("keydown", (pressed) => {
    const way = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[pressed.key];
    if (!way) return;
    pressed.preventDefault();
    let place = (state.what === name && placeOf(state.index)) || [-way[0], -way[1]];
    do place = [place[0] + way[0], place[1] + way[1]];
    while (place[0] >= 0 && place[0] < height && place[1] >= 0 && place[1] < width && !indexOf(...place));
    if (place[0] < 0 || place[0] >= height || place[1] < 0 || place[1] >= width) return;
    ask(name, indexOf(...place));
  });
  const place = state.what === name ? placeOf(state.index) : null;
  const picture = h("div", { style: "position: relative" }, canvas, place ? mark([place[0], place[0]], [place[1], place[1]], height, width) : null);
  return h("figure", { style: `width: ${side}` }, picture, caption);
}

function mark(rows, columns, height, width) {
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  return h("span", { class: "mark", style: `top: ${percent(rows[0], height)}; height: ${percent(rows[1] - rows[0] + 1, height)};` +
    `left: ${percent(columns[0], width)}; width: ${percent(columns[1] - columns[0] + 1, width)}` });
}

/** A vector as buttons. */
function numbers(name) {
  const { data } = value(name);
  return h("p", { class: "number" }, Array.from(data, (number, k) => h("button", { class: "layer", style: "margin-right: 0.8rem; line-height: 1.6",
    "data-key": `${name} ${k}`, onclick: () => ask(name, [k]) }, short(number))));
}

/** The parameters of a layer that was just used, and, once known, their gradients. */
function parameters(event) {
  if (event.phase === "update" || !event.inputs.weight) return [];
  const [weight, bias] = [event.inputs.weight, event.inputs.bias];
  return [
    h("h3", {}, `weight ${value(weight).shape.join("×")} `, scale(extent(value(weight).data), true)), weightFigure(weight),
    h("h3", {}, `bias ${value(bias).shape.join("×")}`), numbers(bias),
  ];
}

// ---- the sum

function renderInspector() {
  const { what, index } = state, made = madeBy.get(what);
  if (!made || made.event.op === "input") {
    $("inspector").replaceChildren(...notComputed(what, index));
    return;
  }
  const found = explain(what, index);
  $("inspector").replaceChildren(
    h("h2", { "aria-live": "polite" }, h("code", {}, `${what}[${index}]`), ` = ${found.value.toPrecision(7)}`),
    h("p", { class: "formula soft" }, found.equation),
    h("p", { class: "formula" }, found.here),
    ...candidates(found), ...(kernels(found) ?? [termTable(found)]), total(found),
    ...found.notes.map((note) => h("p", { class: "note" }, note)),
    ...fields(what, index),
  );
}

/** A number that no layer made: the image, a parameter. */
function notComputed(what, index) {
  const number = element(what, index), parts = [h("h2", {}, h("code", {}, `${what}[${index}]`), ` = ${number.toPrecision(7)}`)];
  const [, layer, kind] = /^(.*)\.(weight|bias)$/.exec(what) ?? [];
  if (!layer) return [...parts, h("p", {}, "a pixel of the image, normalised")];
  const link = (name, text) => h("tr", {}, h("td", {}, text), h("td", { class: "number" }, element(name, index).toPrecision(6)),
    h("td", {}, h("button", { "data-key": `sum ${name}`, onclick: () => ask(name, index) }, "its sum")));
  return [...parts, h("p", {}, "a parameter: given, not computed. Later in this step:"),
    h("table", {}, link(`${layer}.d${kind}`, "gradient"), link(`${what}.new`, "after the update"))];
}

function candidates({ candidates: compared, winner: won }) {
  if (!compared) return [];
  return [h("table", {}, compared.map((factor, k) => h("tr", { class: k === won ? "winner" : "" },
    h("td", {}, k === won ? "▶" : ""), h("td", { class: "number" }, factor.value.toPrecision(7)), h("td", { class: "formula soft" }, placeName(factor)))))];
}

const placeName = ({ name, index }) => (index ? `${name}[${index}]` : name);

/** Of a convolution: for each channel the patch, the kernel and the products, as they lie. */
function kernels(found) {
  const { event, role } = madeBy.get(found.what);
  if (event.op !== "conv2d" || !["out", "dx"].includes(role) || value(event.inputs.weight).shape[3] === 1) return null;
  const channels = new Map(), axis = role === "out" ? 1 : 0;
  for (const term of found.terms) {
    if (term.factors.length < 2) continue;
    const channel = term.factors[0].index[axis];
    if (!channels.has(channel)) channels.set(channel, []);
    channels.get(channel).push(term);
  }
  const largest = Math.max(...found.terms.map((term) => Math.abs(term.value))) || 1;
  // Each is laid out as its numbers lie on their map. Backwards pixel p met tap i in output p - i: the kernel is turned.
  const [source, kernel] = role === "out" ? ["x", "kernel"] : ["dout", "kernel, turned by 180°"];
  return [h("div", { class: "scroll" }, [...channels].map(([channel, terms]) => h("div", { class: "kernels" },
    small(`${source}, channel ${channel}`, terms, (term) => term.factors[1]), "·",
    small(kernel, terms, (term) => term.factors[0]), "=",
    small(`products, sum ${tight(sum(terms.map((term) => term.value)))}`, terms, ({ value }) => ({ name: "product", value }), largest))),
  found.terms.filter((term) => term.factors.length === 1).map((term) => h("p", { class: "number" }, `+ ${placeName(term.factors[0])} = ${short(term.value)}`)))];
}

/** A little table of one number a term, each where the number that it came from lies on its map. */
function small(title, terms, factorOf, largest) {
  const rows = new Map(), ordered = [...terms].sort(({ factors: [, a] }, { factors: [, b] }) => a.index[2] - b.index[2] || a.index[3] - b.index[3]);
  for (const term of ordered) {
    const row = term.factors[1].index[2];
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push(factorOf(term));
  }
  const size = largest ?? (Math.max(...terms.map((term) => Math.abs(factorOf(term).value))) || 1);
  return h("table", { class: largest ? "products" : "" }, h("caption", {}, title), [...rows.values()].map((row) => h("tr", {}, row.map((factor) =>
    h("td", { class: "number", title: `${placeName(factor)} = ${factor.value}`,
      style: `background: rgb(${colour(0.6 * factor.value, [-size, size], true).map(Math.round)})` }, // text stays readable
     tight(factor.value))))));
}

/** A number in the room of six characters. */
const tight = (number) => (number && Math.abs(number) < 0.01 ? number.toExponential(1) : number.toPrecision(3));

function termTable({ terms }) {
  const shown = terms.length <= MOST_TERMS ? terms
    : terms.map((term, k) => [term, k]).sort(([a], [b]) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_TERMS)
      .sort(([, a], [, b]) => a - b).map(([term]) => term);
  const rest = terms.length - shown.length;
  return h("div", { class: "scroll" }, h("table", { class: "terms" },
    h("tr", {}, h("th", { class: "number" }, "term"), h("th", {}, "its factors, and where each lies")),
    shown.map((term) => h("tr", {}, h("td", { class: "number", title: `product = ${term.value}` }, term.value.toPrecision(7)), h("td", {},
      term.factors.map((factor, k) => [k ? " · " : "", h("span", { class: "number" }, short(factor.value)), " ", h("span", { class: "where" }, placeName(factor))])))),
    rest > 0 ? h("tr", {}, h("td", { class: "number" }, short(sum(terms.map((t) => t.value)) - sum(shown.map((t) => t.value)))),
      h("td", { class: "soft" }, `${rest} smaller terms`)) : null));
}

/** The total beside the number that the network computed. */
function total({ total: found, value: stored, terms, bound }) {
  const finite = Number.isFinite(found) && Number.isFinite(stored);
  const agrees = finite ? Math.abs(found - stored) <= bound : found === stored || !(Number.isFinite(found) || Number.isFinite(stored));
  return h("p", { class: `total${agrees ? "" : " disagrees"}`, id: "total" },
    `${terms.length} term${terms.length === 1 ? "" : "s"}, total ${found.toPrecision(8)}; the network has ${stored.toPrecision(8)}` +
    (agrees ? "" : ": this layer computed something else"));
}

/** The receptive field on the image; of a gradient, the pixels of the loss that it came from. */
function fields(what, index) {
  const boxes = reach(what, index), image = boxes.get("input.out"), loss = what === "loss.dlogits" ? null : boxes.get("loss.dlogits");
  const isMap = value(what).shape.length === 4 && !/\.(dweight|new)$/.test(what), n = isMap ? index[0] : 0;
  return [field("input.out", n, image, "Receptive field on the image", false),
    field("loss.dlogits", n, loss, "Where its gradient comes from: pixels of the loss", true)].flat();
}

function field(name, n, box, title, diverging) {
  if (!box) return [];
  const map = plane(name, n * value(name).shape[1]), canvas = h("canvas");
  paint(canvas, map, extent(map.data), diverging);
  const [rows, columns] = [box.rows[1] - box.rows[0] + 1, box.columns[1] - box.columns[0] + 1];
  return [h("h3", {}, `${title} `, h("span", { class: "soft" }, `${rows}×${columns}`)),
    h("figure", { style: "width: 11rem" }, h("div", { style: "position: relative" }, canvas, mark(box.rows, box.columns, map.height, map.width)))];
}

// ---- beginning

$("slider").max = step.events.length - 1;
$("slider").addEventListener("input", (moved) => goTo(Number(moved.target.value)));
$("first").addEventListener("click", () => goTo(0));
$("back").addEventListener("click", () => goTo(state.position - 1));
$("next").addEventListener("click", () => goTo(state.position + 1));
$("last").addEventListener("click", () => goTo(step.events.length - 1));
$("summary").textContent = step.summary;
$("shapes").querySelector("table").append(
  h("tr", {}, ["layer", "operation", "output", "parameters"].map((head) => h("th", { class: "soft" }, head))),
  ...layers.map((layer) => h("tr", { "data-layer": layer.name },
    h("td", {}, h("button", { class: "link", onclick: () => goTo(positionOf.get(layer.name)) }, layer.name)), h("td", {}, layer.op), h("td", { class: "number" }, value(layer.outputs.out).shape.join("×")),
    h("td", { class: "number" }, layer.inputs.weight ? String(value(layer.inputs.weight).data.length + value(layer.inputs.bias).data.length) : ""))));
goTo(0);
