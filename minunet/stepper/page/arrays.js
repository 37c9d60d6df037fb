"use strict";

// The values of the step. What a layer computed with sums is stored in the page; what it only chose, copied or moved
// (ReLU, pooling, dropout, crop and concatenate, and their gradients) is made here from what it took, when it is first
// looked at. Python made sure, before it wrote the page, that this gives the very numbers of the step.

const TYPES = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, i4: Int32Array };

const step = JSON.parse(document.getElementById("step").textContent);
const madeBy = new Map();
for (const event of step.events) {
  for (const [role, name] of Object.entries(event.outputs)) madeBy.set(name, { event, role });
}
const values = new Map();

/** A value by its name: {name, shape, data}, data in row order. */
function value(name) {
  if (!values.has(name)) {
    const stored = step.values[name];
    if (stored.same) values.set(name, { ...value(stored.same), name });
    else values.set(name, { name, shape: stored.shape, data: stored.data === undefined ? derive(name, stored) : decode(stored) });
  }
  return values.get(name);
}

function decode({ type, data }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new TYPES[type](bytes.buffer);
}

/** Where an element lies in a value's data. */
function offset(shape, index) {
  return index.reduce((place, i, axis) => place * shape[axis] + i, 0);
}

/** One element of a value. */
function element(name, index) {
  const { shape, data } = value(name);
  return data[offset(shape, index)];
}

/** One map (n, c) of a value (N, C, H, W), or the whole of a smaller one, as rows and columns. */
function plane(name, c) {
  const { shape, data } = value(name);
  const [height, width] = shape.length > 1 ? shape.slice(-2) : [1, shape[0] ?? 1];
  return { height, width, data: data.subarray(c * height * width, (c + 1) * height * width) };
}

/** How many maps a value has. */
function planes(name) {
  const { shape } = value(name);
  return shape.slice(0, -2).reduce((count, side) => count * side, 1);
}

/** Numbers as the step's type rounds them. */
function derive(name, { shape, type }) {
  const { event, role } = madeBy.get(name);
  const made = new TYPES[type](shape.reduce((size, side) => size * side, 1));
  const take = (argument) => value(event.inputs[argument]);
  RULES[`${event.op}.${role}`](made, shape, take);
  return made;
}

const RULES = {
  "relu.out": (made, shape, take) => {
    const x = take("x").data;
    for (let k = 0; k < made.length; k++) made[k] = x[k] > 0 || Number.isNaN(x[k]) ? x[k] : 0;
  },
  "relu.dx": (made, shape, take) => {
    const x = take("x").data, dout = take("dout").data;
    for (let k = 0; k < made.length; k++) made[k] = x[k] > 0 ? dout[k] : 0;
  },
  "dropout.out": (made, shape, take) => masked(made, take("x").data, take("keep").data),
  "dropout.dx": (made, shape, take) => masked(made, take("dout").data, take("keep").data),
  "max_pool2d.out": (made, shape, take) => {
    const x = take("x");
    eachPlace(shape, (k, n, c, h, w) => {
      made[k] = Math.max(...CORNERS.map(([i, j]) => x.data[offset(x.shape, [n, c, 2 * h + i, 2 * w + j])]));
    });
  },
  "max_pool2d.dx": (made, shape, take) => {
    const x = take("x"), dout = take("dout");
    eachPlace(dout.shape, (k, n, c, h, w) => {
      const [i, j] = CORNERS[winner(x, n, c, h, w)];
      made[offset(shape, [n, c, 2 * h + i, 2 * w + j])] = dout.data[k];
    });
  },
  "crop_concat.out": (made, shape, take) => {
    const skip = take("skip"), x = take("x"), channels = skip.shape[1], [top, left] = cropOffset(skip, x);
    eachPlace(shape, (k, n, c, h, w) => {
      made[k] = c < channels
        ? skip.data[offset(skip.shape, [n, c, h + top, w + left])]
        : x.data[offset(x.shape, [n, c - channels, h, w])];
    });
  },
  "crop_concat.dskip": (made, shape, take) => {
    const dout = take("dout"), [top, left] = cropOffset(take("skip"), take("x"));
    eachPlace(dout.shape, (k, n, c, h, w) => {
      if (c < shape[1]) made[offset(shape, [n, c, h + top, w + left])] = dout.data[k];
    });
  },
  "crop_concat.dx": (made, shape, take) => {
    const dout = take("dout"), channels = take("skip").shape[1];
    eachPlace(shape, (k, n, c, h, w) => {
      made[k] = dout.data[offset(dout.shape, [n, channels + c, h, w])];
    });
  },
  "skip.dx": (made, shape, take) => {
    const dpool = take("dpool").data, dskip = take("dskip").data;
    for (let k = 0; k < made.length; k++) made[k] = dpool[k] + dskip[k];
  },
};

const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];

/** Which of the four of a window is the greatest; among equals the first in row order. */
function winner(x, n, c, h, w) {
  const window = CORNERS.map(([i, j]) => x.data[offset(x.shape, [n, c, 2 * h + i, 2 * w + j])]);
  const nan = window.findIndex(Number.isNaN); // it is what the maximum is then
  return nan >= 0 ? nan : window.indexOf(Math.max(...window));
}

/** Rows and columns of a skip that the crop leaves out above and to the left. */
function cropOffset(skip, x) {
  return [2, 3].map((axis) => (skip.shape[axis] - x.shape[axis]) / 2);
}

function masked(made, from, keep) {
  const scale = made instanceof Float32Array ? Math.fround(1 / (1 - step.rate)) : 1 / (1 - step.rate);
  for (let k = 0; k < made.length; k++) made[k] = from[k] * keep[k] * scale;
}

function eachPlace([N, C, H, W], visit) {
  let k = 0;
  for (let n = 0; n < N; n++)
    for (let c = 0; c < C; c++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) visit(k++, n, c, h, w);
}
