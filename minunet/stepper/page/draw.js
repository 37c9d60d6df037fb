"use strict";

// Maps as pictures, one pixel of the map a pixel of the canvas; the browser enlarges it. What went forward is grey, from its
// lowest value to its highest; a gradient goes from blue through white, at 0, to red.

const [BLUE, WHITE, RED] = [[38, 92, 199], [245, 245, 245], [203, 40, 48]];
const NOT_FINITE = [255, 0, 220];

/** Whether 0 is the middle of a value's scale. */
const isGradient = (name) => /\.(dx|dskip|dlogits|dweight|dbias)$/.test(name);

/** Lowest and highest finite number. */
function extent(data) {
  let low = Infinity, high = -Infinity;
  for (const number of data) {
    if (!Number.isFinite(number)) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** The colour of a number on a scale that goes from `low` to `high`. */
function colour(number, [low, high], diverging) {
  if (!Number.isFinite(number)) return NOT_FINITE;
  if (!diverging) return Array(3).fill(high > low ? (255 * (number - low)) / (high - low) : 128);
  const size = Math.max(-low, high) || 1, amount = Math.min(1, Math.abs(number) / size), end = number < 0 ? BLUE : RED;
  return WHITE.map((white, k) => white + amount * (end[k] - white));
}

/** Paint rows and columns of numbers on a canvas of their size. */
function paint(canvas, { height, width, data }, range, diverging) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d"), image = context.createImageData(width, height);
  data.forEach((number, k) => image.data.set([...colour(number, range, diverging), 255], 4 * k));
  context.putImageData(image, 0, 0);
}

/** Every kernel of a weight (A, B, kh, kw) on one canvas, A rows of B kernels, a pixel between them. */
function kernelSheet(name) {
  const { shape: [A, B, kh, kw] } = value(name);
  const height = A * (kh + 1) - 1, width = B * (kw + 1) - 1, data = new Float64Array(height * width).fill(NaN);
  for (const [a, b, i, j] of grid(A, B, kh, kw)) data[(a * (kh + 1) + i) * width + b * (kw + 1) + j] = element(name, [a, b, i, j]);
  const indexAt = (row, column) => {
    const [a, i, b, j] = [Math.floor(row / (kh + 1)), row % (kh + 1), Math.floor(column / (kw + 1)), column % (kw + 1)];
    return i < kh && j < kw ? [a, b, i, j] : null;
  };
  return { plane: { height, width, data }, indexAt, place: ([a, b, i, j]) => [a * (kh + 1) + i, b * (kw + 1) + j] };
}
