"use strict";

// The sum behind one number, as minunet/stepper/explain has it in Python: every term, its factors, and where each lies.
// An explanation is {what, index, value, equation, here, terms, total, candidates, winner, notes}; a term is
// {value, factors}, and a factor {name, index, value}, with index null for what is no element of a value.

/** Explain the element at `index` of the value `what`. */
function explain(what, index) {
  const { event, role } = madeBy.get(what);
  const found = EXPLAINERS[`${event.op}.${role}`](event, index);
  const terms = found.terms.map((factors) => ({ value: factors.reduce((product, f) => product * f.value, 1), factors }));
  const total = sum(terms.map((term) => term.value));
  const size = found.size ?? terms.reduce((sofar, term) => sofar + Math.abs(term.value), 0);
  const bound = EXACT.has(event.op) || what.endsWith(".skip.out") ? 0 : rounding(value(what), found.count ?? COUNTS[event.op] ?? terms.length, size);
  return { notes: [], ...found, what, index, terms, total, bound, value: element(what, index) };
}

const EXACT = new Set(["relu", "max_pool2d", "crop_concat"]);
const COUNTS = { sgd: 4, adam: 4, dropout: 2 }; // operations, where they are not as many as there are terms
const REACH = 5; // pixels: a tile of Winograd's filtering is 6x6, and rounding is relative to the largest pixel in it

/** How far rounding may have taken a sum of so many products, of `size` in absolute values: as in Python, and why. */
function rounding({ data }, count, size) {
  const [unit, tiny] = data instanceof Float32Array ? [2 ** -24, 2 ** -126] : [2 ** -53, 2 ** -1022];
  return 4 * Math.sqrt(count + 4) * unit * size + tiny;
}

/** Of one channel the largest absolute value that may share a tile with a kernel's window. */
function nearby(name, n, c, top, left, kh, kw) {
  const [, , H, W] = value(name).shape;
  let largest = 0;
  for (let h = Math.max(0, top - REACH); h < Math.min(H, top + kh + REACH); h++)
    for (let w = Math.max(0, left - REACH); w < Math.min(W, left + kw + REACH); w++)
      largest = Math.max(largest, Math.abs(element(name, [n, c, h, w])));
  return largest;
}

/** Of one kernel the sum of the absolute values. */
const weighing = (name, a, b) => {
  const [, , kh, kw] = value(name).shape;
  return grid(kh, kw).reduce((sofar, [i, j]) => sofar + Math.abs(element(name, [a, b, i, j])), 0);
};

/** The L2 norm of one channel of all images. */
const norm = (name, c) => {
  const { shape: [N, , H, W] } = value(name);
  return Math.sqrt(grid(N, H, W).reduce((sofar, [n, h, w]) => sofar + element(name, [n, c, h, w]) ** 2, 0));
};

/** A sum without the rounding errors of adding (Neumaier 1974). */
function sum(numbers) {
  let total = 0, lost = 0;
  for (const number of numbers) {
    const next = total + number;
    lost += Math.abs(total) >= Math.abs(number) ? total - next + number : number - next + total;
    total = next;
  }
  return total + lost;
}

const at = (name, index) => ({ name, index, value: element(name, index) });
const constant = (name, value) => ({ name, index: null, value });

/** All indices of an array of these sizes, in row order. */
function grid(...sizes) {
  return sizes.reduce((found, size) => found.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])), [[]]);
}

const EXPLAINERS = {
  "conv2d.out": ({ inputs: { x, weight, bias } }, [n, f, h, w]) => {
    const [, C, kh, kw] = value(weight).shape;
    const terms = grid(C, kh, kw).map(([c, i, j]) => [at(weight, [f, c, i, j]), at(x, [n, c, h + i, w + j])]);
    return {
      equation: "out[n,f,h,w] = bias[f] + Σ weight[f,c,i,j] · x[n,c,h+i,w+j]   over c, i, j",
      here: `out[${n},${f},${h},${w}] = bias[${f}] + Σ weight[${f},c,i,j] · x[${n},c,${h}+i,${w}+j],  c < ${C}, i < ${kh}, j < ${kw}`,
      terms: [...terms, [at(bias, [f])]],
      size: grid(C).reduce((sofar, [c]) => sofar + nearby(x, n, c, h, w, kh, kw) * weighing(weight, f, c), Math.abs(element(bias, [f]))),
    };
  },
  "conv2d.dx": ({ inputs: { dout, weight } }, [n, c, p, q]) => {
    const [F, , kh, kw] = value(weight).shape, [, , H, W] = value(dout).shape;
    const inside = ([, i, j]) => p - i >= 0 && p - i < H && q - j >= 0 && q - j < W;
    return {
      equation: "dx[n,c,p,q] = Σ weight[f,c,i,j] · dout[n,f,p−i,q−j]   over f, i, j",
      here: `dx[${n},${c},${p},${q}] = Σ weight[f,${c},i,j] · dout[${n},f,${p}−i,${q}−j],  f < ${F}, inside ${H}×${W}`,
      count: F * kh * kw,
      size: grid(F).reduce((sofar, [f]) => sofar + nearby(dout, n, f, p - kh + 1, q - kw + 1, kh, kw) * weighing(weight, f, c), 0),
      terms: grid(F, kh, kw).filter(inside).map(([f, i, j]) => [at(weight, [f, c, i, j]), at(dout, [n, f, p - i, q - j])]),
    };
  },
  "conv2d.dweight": ({ inputs: { x, dout } }, [f, c, i, j]) => {
    const [N, , H, W] = value(dout).shape;
    return {
      equation: "dweight[f,c,i,j] = Σ dout[n,f,h,w] · x[n,c,h+i,w+j]   over n, h, w",
      here: `dweight[${f},${c},${i},${j}] = Σ dout[n,${f},h,w] · x[n,${c},h+${i},w+${j}],  n < ${N}, h < ${H}, w < ${W}`,
      terms: grid(N, H, W).map(([n, h, w]) => [at(dout, [n, f, h, w]), at(x, [n, c, h + i, w + j])]),
      size: norm(dout, f) * norm(x, c),
    };
  },
  "conv2d.dbias": dbias,
  "conv_transpose2d.out": ({ inputs: { x, weight, bias } }, [n, f, row, column]) => {
    const [h, i, w, j] = [row >> 1, row % 2, column >> 1, column % 2], C = value(weight).shape[0];
    return {
      equation: "out[n,f,2h+i,2w+j] = bias[f] + Σ x[n,c,h,w] · weight[c,f,i,j]   over c",
      here: `out[${n},${f},2·${h}+${i},2·${w}+${j}] = bias[${f}] + Σ x[${n},c,${h},${w}] · weight[c,${f},${i},${j}],  c < ${C}`,
      terms: [...grid(C).map(([c]) => [at(x, [n, c, h, w]), at(weight, [c, f, i, j])]), [at(bias, [f])]],
      notes: [`the input pixel (${h}, ${w}) alone, through the kernel's tap (${i}, ${j})`],
    };
  },
  "conv_transpose2d.dx": ({ inputs: { dout, weight } }, [n, c, h, w]) => ({
    equation: "dx[n,c,h,w] = Σ weight[c,f,i,j] · dout[n,f,2h+i,2w+j]   over f, i, j",
    here: `dx[${n},${c},${h},${w}] = Σ weight[${c},f,i,j] · dout[${n},f,2·${h}+i,2·${w}+j],  f < ${value(weight).shape[1]}, i < 2, j < 2`,
    terms: grid(value(weight).shape[1], 2, 2).map(([f, i, j]) => [at(weight, [c, f, i, j]), at(dout, [n, f, 2 * h + i, 2 * w + j])]),
  }),
  "conv_transpose2d.dweight": ({ inputs: { x, dout } }, [c, f, i, j]) => {
    const [N, , H, W] = value(x).shape;
    return {
      equation: "dweight[c,f,i,j] = Σ x[n,c,h,w] · dout[n,f,2h+i,2w+j]   over n, h, w",
      here: `dweight[${c},${f},${i},${j}] = Σ x[n,${c},h,w] · dout[n,${f},2h+${i},2w+${j}],  n < ${N}, h < ${H}, w < ${W}`,
      terms: grid(N, H, W).map(([n, h, w]) => [at(x, [n, c, h, w]), at(dout, [n, f, 2 * h + i, 2 * w + j])]),
      size: norm(x, c) * norm(dout, f),
    };
  },
  "conv_transpose2d.dbias": dbias,
  "relu.out": ({ inputs: { x } }, index) => {
    const number = element(x, index), passes = number > 0 || Number.isNaN(number);
    return {
      equation: "out = max(x, 0)",
      here: `out[${index}] = max(${short(number)}, 0)`,
      terms: passes ? [[at(x, index)]] : [],
      candidates: [at(x, index), constant("0", 0)],
      winner: passes ? 0 : 1,
      notes: passes ? [] : ["x is not above 0: this unit is off here, and passes no gradient back"],
    };
  },
  "relu.dx": ({ inputs: { x, dout } }, index) => ({
    equation: "dx = dout · [x > 0]",
    here: `dx[${index}] = dout[${index}] · [${short(element(x, index))} > 0]`,
    terms: [[at(dout, index), { name: `[${x} > 0]`, index, value: element(x, index) > 0 ? 1 : 0 }]],
    notes: element(x, index) > 0 ? [] : ["dead ReLU: its input is not above 0"],
  }),
  "max_pool2d.out": ({ inputs: { x } }, [n, c, h, w]) => {
    const candidates = CORNERS.map(([i, j]) => at(x, [n, c, 2 * h + i, 2 * w + j])), won = winner(value(x), n, c, h, w);
    return {
      equation: "out[n,c,h,w] = max of x[n,c,2h+i,2w+j]   over i, j",
      here: `out[${n},${c},${h},${w}] = max(${candidates.map((f) => short(f.value)).join(", ")})`,
      terms: [[candidates[won]]],
      candidates,
      winner: won,
    };
  },
  "max_pool2d.dx": ({ inputs: { x, dout } }, [n, c, p, q]) => {
    const [h, w] = [p >> 1, q >> 1], won = winner(value(x), n, c, h, w), [i, j] = CORNERS[won];
    const wins = p % 2 === i && q % 2 === j;
    return {
      equation: "dx[n,c,2h+i,2w+j] = dout[n,c,h,w] · [(i,j) won its window]",
      here: `dx[${n},${c},${p},${q}] = dout[${n},${c},${h},${w}] · ${wins ? 1 : 0}`,
      terms: [[at(dout, [n, c, h, w]), { name: `[(${p % 2},${q % 2}) won]`, index: [n, c, p, q], value: wins ? 1 : 0 }]],
      candidates: CORNERS.map(([i, j]) => at(x, [n, c, 2 * h + i, 2 * w + j])),
      winner: won,
      notes: wins ? [] : [`(${i},${j}) won the window, and gets the gradient`],
    };
  },
  "crop_concat.out": ({ inputs: { skip, x } }, [n, c, h, w]) => {
    const channels = value(skip).shape[1], [top, left] = cropOffset(value(skip), value(x)), fromSkip = c < channels;
    const source = fromSkip ? at(skip, [n, c, h + top, w + left]) : at(x, [n, c - channels, h, w]);
    return {
      equation: "out[n,c,h,w] = skip[n,c,h+top,w+left] for c < Cs, else x[n,c−Cs,h,w]",
      here: `out[${n},${c},${h},${w}] = ${fromSkip ? "skip" : "x"}[${source.index}]`,
      terms: [[source]],
      notes: [fromSkip ? `the skip loses ${top} rows above and ${left} columns to the left` : `channels from ${channels} on are what came up from below`],
    };
  },
  "crop_concat.dskip": ({ inputs: { skip, x, dout } }, [n, c, p, q]) => {
    const [top, left] = cropOffset(value(skip), value(x)), [h, w] = [p - top, q - left], [, , H, W] = value(x).shape;
    const inside = h >= 0 && h < H && w >= 0 && w < W;
    return {
      equation: "dskip[n,c,p,q] = dout[n,c,p−top,q−left] inside the crop, else 0",
      here: `dskip[${n},${c},${p},${q}] = ${inside ? `dout[${n},${c},${h},${w}]` : "0"}`,
      terms: inside ? [[at(dout, [n, c, h, w])]] : [],
      notes: [`${inside ? "" : "cropped away: "}the crop begins at (${top}, ${left})`],
    };
  },
  "crop_concat.dx": ({ inputs: { skip, dout } }, [n, c, h, w]) => {
    const channels = value(skip).shape[1];
    return {
      equation: "dx[n,c,h,w] = dout[n,Cs+c,h,w]",
      here: `dx[${n},${c},${h},${w}] = dout[${n},${channels}+${c},${h},${w}]`,
      terms: [[at(dout, [n, channels + c, h, w])]],
    };
  },
  "skip.out": ({ inputs: { x } }, index) => ({
    equation: "out = x, used twice: pooled, and sent across",
    here: `out[${index}] = x[${index}]`,
    terms: [[at(x, index)]],
  }),
  "skip.dx": ({ inputs: { dpool, dskip } }, index) => ({
    equation: "dx = dpool + dskip",
    here: `dx[${index}] = dpool[${index}] + dskip[${index}]`,
    terms: [[at(dpool, index)], [at(dskip, index)]],
    notes: ["one gradient comes up through the pooling, the other across the skip connection"],
  }),
  "dropout.out": ({ inputs: { x, keep } }, index) => dropped("out", "x", x, keep, index),
  "dropout.dx": ({ inputs: { dout, keep } }, index) => dropped("dx", "dout", dout, keep, index),
  "weighted_cross_entropy.out": ({ inputs: { logits, labels, weights } }) => {
    const [N, H, W] = value(labels).shape;
    return {
      equation: "E = 1/(N H W) Σ weights[n,h,w] · −log p[n,label,h,w]   over n, h, w;  p = softmax over c",
      here: `E = Σ over ${N * H * W} pixels`,
      count: N * H * W + value(logits).shape[1],
      size: grid(N, H, W).reduce((sofar, [n, h, w]) => sofar + pixelSize(logits, labels, weights, n, h, w), 0),
      terms: grid(N, H, W).map(([n, h, w]) => {
        const label = element(labels, [n, h, w]);
        return [at(weights, [n, h, w]), constant("1/(N H W)", 1 / (N * H * W)), { name: `−log p(${logits})`, index: [n, label, h, w], value: -logSoftmax(logits, n, h, w)[label] }];
      }),
    };
  },
  "weighted_cross_entropy.dlogits": ({ inputs: { logits, labels, weights } }, [n, k, h, w]) => {
    const [N, H, W] = value(labels).shape, label = element(labels, [n, h, w]), p = softmax(logits, n, h, w);
    const weight = element(weights, [n, h, w]), isLabel = label === k ? 1 : 0;
    return {
      equation: "dlogits[n,k,h,w] = weights[n,h,w]/(N H W) · (p[n,k,h,w] − [k = label])",
      here: `dlogits[${n},${k},${h},${w}] = ${short(weight)}/${N * H * W} · (${short(p[k])} − ${isLabel})`,
      terms: [[
        at(weights, [n, h, w]),
        constant("1/(N H W)", 1 / (N * H * W)),
        { name: `p(${logits}) − [k = label]`, index: [n, k, h, w], value: p[k] - isLabel },
      ]],
      count: 4,
      size: (Math.abs(weight) / (N * H * W)) * (p[k] * (1 + largestLogit(logits, n, h, w)) + isLabel),
      notes: [
        `logits ${p.map((_, c) => short(element(logits, [n, c, h, w]))).join("  ")}`,
        `softmax ${p.map(short).join("  ")}`,
        `label ${label}, weight ${short(weight)}`,
      ],
    };
  },
  "sgd.velocity.new": ({ inputs: { velocity, gradient } }, index) => ({
    equation: "velocity' = momentum · velocity − lr · gradient",
    here: `velocity'[${index}] = ${step.optimizer.momentum} · velocity[${index}] − ${step.optimizer.lr} · gradient[${index}]`,
    terms: [
      [constant("momentum", step.optimizer.momentum), at(velocity, index)],
      [constant("−lr", -step.optimizer.lr), at(gradient, index)],
    ],
  }),
  "sgd.new": ({ inputs: { param }, outputs }, index) => ({
    equation: "param' = param + velocity'",
    here: `param'[${index}] = param[${index}] + velocity'[${index}]`,
    terms: [[at(param, index)], [at(outputs["velocity.new"], index)]],
  }),
  "adam.m.new": ({ inputs: { m, gradient } }, index) => ({
    equation: "m' = β₁ m + (1 − β₁) gradient",
    here: `m'[${index}] = ${step.optimizer.beta1} · m[${index}] + ${short(1 - step.optimizer.beta1)} · gradient[${index}]`,
    terms: [
      [constant("β₁", step.optimizer.beta1), at(m, index)],
      [constant("1 − β₁", 1 - step.optimizer.beta1), at(gradient, index)],
    ],
  }),
  "adam.v.new": ({ inputs: { v, gradient } }, index) => ({
    equation: "v' = β₂ v + (1 − β₂) gradient²",
    here: `v'[${index}] = ${step.optimizer.beta2} · v[${index}] + ${short(1 - step.optimizer.beta2)} · gradient[${index}]²`,
    terms: [
      [constant("β₂", step.optimizer.beta2), at(v, index)],
      [constant("gradient", element(gradient, index)), constant("1 − β₂", 1 - step.optimizer.beta2), at(gradient, index)],
    ],
  }),
  "adam.new": ({ inputs: { param }, outputs }, index) => ({
    equation: "param' = param − rate · m' / (√v' + ε)",
    here: `param'[${index}] = param[${index}] − rate · m'[${index}] / (√v'[${index}] + ε)`,
    terms: [
      [at(param, index)],
      [
        constant("−rate", -step.optimizer.rate),
        at(outputs["m.new"], index),
        constant("1 / (√v' + ε)", 1 / (Math.sqrt(element(outputs["v.new"], index)) + step.optimizer.eps)),
      ],
    ],
  }),
};

function dbias({ inputs: { dout } }, [f]) {
  const [N, , H, W] = value(dout).shape;
  return {
    equation: "dbias[f] = Σ dout[n,f,h,w]   over n, h, w",
    here: `dbias[${f}] = Σ dout[n,${f},h,w],  n < ${N}, h < ${H}, w < ${W}`,
    terms: grid(N, H, W).map(([n, h, w]) => [at(dout, [n, f, h, w])]),
  };
}

function dropped(result, source, name, keep, index) {
  const kept = element(keep, index);
  return {
    equation: `${result} = ${source} · keep / (1 − rate)`,
    here: `${result}[${index}] = ${source}[${index}] · ${kept} / (1 − ${step.rate})`,
    terms: [[at(name, index), { name: keep, index, value: kept }, constant("1 / (1 − rate)", 1 / (1 - step.rate))]],
    notes: kept ? [] : [`dropped in this step: the mask is drawn with rate ${step.rate}`],
  };
}

/** Logits of one pixel; 0 where it is ignored: there they may be anything, NaN too. */
function pixelLogits(logits, n, h, w) {
  const ignored = element("weights", [n, h, w]) === 0;
  return grid(value(logits).shape[1]).map(([c]) => (ignored ? 0 : element(logits, [n, c, h, w])));
}

/** The logarithm of the softmax over the channels, at one pixel; the highest logit first subtracted, so that exp is finite. */
function logSoftmax(logits, n, h, w) {
  const z = pixelLogits(logits, n, h, w), highest = Math.max(...z);
  const total = z.reduce((sofar, number) => sofar + Math.exp(number - highest), 0);
  return z.map((number) => number - highest - Math.log(total));
}

/** What rounding is relative to in one pixel's share of the loss: its logits, and the logarithm of its softmax. */
function pixelSize(logits, labels, weights, n, h, w) {
  const [N, H, W] = value(labels).shape, label = element(labels, [n, h, w]);
  const size = 1 + largestLogit(logits, n, h, w) - logSoftmax(logits, n, h, w)[label];
  return (Math.abs(element(weights, [n, h, w])) / (N * H * W)) * size;
}

const largestLogit = (logits, n, h, w) => Math.max(...pixelLogits(logits, n, h, w).map(Math.abs));

const softmax = (logits, n, h, w) => logSoftmax(logits, n, h, w).map(Math.exp);

/** A number in few digits. */
function short(number) {
  return Number.isFinite(number) ? String(Number(number.toPrecision(6))) : String(number);
}
