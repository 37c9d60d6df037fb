"use strict";

// Which part of the image a number saw, and which part of the loss a gradient came from: as minunet/stepper/reach.py.
// A box is {rows: [first, last], columns: [first, last]}.

const same = (first, last) => [first, last];
const halved = (first, last) => [first >> 1, last >> 1];
const doubled = (first, last) => [2 * first, 2 * last + 1];
const shifted = (low, high) => (first, last) => [first + low, last + high];

/** For each argument that is a map, how rows and columns are followed; null for all of it. */
function moves(event, role) {
  const kernel = () => value(event.inputs.weight).shape.slice(2);
  const crop = () => cropOffset(value(event.inputs.skip), value(event.inputs.x));
  switch (`${event.op}.${role}`) {
    case "conv2d.out": return { x: kernel().map((size) => shifted(0, size - 1)) };
    case "conv2d.dx": return { dout: kernel().map((size) => shifted(1 - size, 0)) };
    case "relu.out": case "dropout.out": case "skip.out": return { x: [same, same] };
    case "relu.dx": case "dropout.dx": case "crop_concat.dx": return { dout: [same, same] };
    case "max_pool2d.out": case "conv_transpose2d.dx": {
      const argument = role === "out" ? "x" : "dout";
      return { [argument]: [doubled, doubled] };
    }
    case "max_pool2d.dx": case "conv_transpose2d.out": {
      const argument = role === "out" ? "x" : "dout";
      return { [argument]: [halved, halved] };
    }
    case "crop_concat.out": return { skip: crop().map((start) => shifted(start, start)), x: [same, same] };
    case "crop_concat.dskip": return { dout: crop().map((start) => shifted(-start, -start)) };
    case "skip.dx": return { dpool: [same, same], dskip: [same, same] };
    case "conv2d.dweight": case "conv_transpose2d.dweight": return { x: null, dout: null };
    case "conv2d.dbias": case "conv_transpose2d.dbias": return { dout: null };
    case "weighted_cross_entropy.out": return { logits: [same, same] };
    case "sgd.velocity.new": case "sgd.new": case "adam.m.new": case "adam.v.new": case "adam.new": return { gradient: null };
    default: return {};
  }
}

/** The box of every value that had a say in one number, by the value's name. */
function reach(what, index) {
  const isMap = value(what).shape.length === 4 && !["dweight", "new"].includes(madeBy.get(what).role.split(".").pop());
  const boxes = new Map([[what, isMap ? { rows: [index[2], index[2]], columns: [index[3], index[3]] } : null]]);
  const own = new Set(explain(what, index).terms.flatMap((term) => term.factors.map((factor) => factor.name)));
  for (const event of [...step.events].reverse()) {
    for (const [role, name] of Object.entries(event.outputs)) {
      if (!boxes.has(name)) continue;
      for (const [argument, ways] of Object.entries(moves(event, role))) {
        const source = event.inputs[argument];
        if (name === what && event.op === "crop_concat" && !own.has(source)) continue; // one channel comes from one side
        const part = clipped(follow(boxes.get(name), ways), value(source).shape);
        if (part) boxes.set(source, joined(part, boxes.get(source)));
      }
    }
  }
  return boxes;
}

function follow(box, ways) {
  return box && ways
    ? { rows: ways[0](...box.rows), columns: ways[1](...box.columns) }
    : { rows: [0, Infinity], columns: [0, Infinity] };
}

function clipped({ rows, columns }, shape) {
  const [height, width] = shape.slice(-2);
  const box = {
    rows: [Math.max(0, rows[0]), Math.min(rows[1], height - 1)],
    columns: [Math.max(0, columns[0]), Math.min(columns[1], width - 1)],
  };
  return box.rows[0] <= box.rows[1] && box.columns[0] <= box.columns[1] ? box : null;
}

function joined(a, b) {
  if (!b) return a;
  const both = (key) => [Math.min(a[key][0], b[key][0]), Math.max(a[key][1], b[key][1])];
  return { rows: both("rows"), columns: both("columns") };
}
