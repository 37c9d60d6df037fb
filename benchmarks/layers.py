"""Each layer and each pass: the reference, the readable set, the fast set and PyTorch, beside the machine's limit.

The limit is the rate of a large float32 matrix product, measured in the same run: ``of limit`` is the share of it that
a pass would need if multiplying were all its work. Winograd's filtering can exceed 1: it multiplies less.
``python -m benchmarks.layers``
"""

from statistics import median

import numpy as np

import minunet
from minunet.fast import workspace

from .harness import needs_torch, report, take_turns

# name, input channels, output channels, side: of the paper's network at base 64, and of its small relatives.
CONVOLUTIONS = ((1, 64, 572), (64, 64, 570), (128, 128, 282), (256, 256, 138), (512, 512, 66), (1024, 1024, 30))
SMALL_CONVOLUTIONS = ((1, 16, 572), (16, 16, 570), (32, 32, 282), (8, 8, 186))
ROUNDS = 3
REFERENCE_SIZE = (1, 2, 3, 10)  # N, C, F, side: bare loops take no more


def main():
    torch = needs_torch()
    limit = matrix_product_rate()
    print(f"matrix product, 2048x2048: {limit / 1e9:.0f} GMAC/s")
    rows = []
    for C, F, side in CONVOLUTIONS + SMALL_CONVOLUTIONS:
        x, weight, bias = random(1, C, side, side), random(F, C, 3, 3), random(F)
        rows += passes(torch, "conv2d", (x, weight, bias), 9 * C * F * (side - 2) ** 2, limit)
    for C, side in ((128, 196), (1024, 28)):
        x, weight, bias = random(1, C, side, side), random(C, C // 2, 2, 2), random(C // 2)
        rows += passes(torch, "conv_transpose2d", (x, weight, bias), 2 * C * C * side**2, limit)
    for C, side in ((64, 568), (512, 64)):
        rows += passes(torch, "max_pool2d", (random(1, C, side, side),), 0, limit)
        rows += passes(torch, "relu", (random(1, C, side, side),), 0, limit)
    rows += passes(torch, "crop_concat", (random(1, 64, 568, 568), random(1, 64, 392, 392)), 0, limit)
    N, C, F, side = REFERENCE_SIZE
    small = random(N, C, side, side), random(F, C, 3, 3), random(F)
    rows += passes(torch, "conv2d", small, 9 * C * F * (side - 2) ** 2, limit, reference=True)
    report("layers", rows, limit_gmacs=limit / 1e9)


def passes(torch, op, inputs, macs, limit, reference=False):
    """Forward and backward of one layer, by each."""
    sets = {"layers": minunet.layers, "fast": workspace()}
    if reference:
        sets["reference"] = minunet.reference
    forward = {name: lambda layers=layers: getattr(layers, f"{op}_forward")(*inputs) for name, layers in sets.items()}
    out, _ = forward["layers"]()
    dout = random(*out.shape)
    caches = {name: run()[1] for name, run in forward.items()}
    backward = {
        name: lambda layers=layers, cache=caches[name]: getattr(layers, f"{op}_backward")(dout, cache)
        for name, layers in sets.items()
    }
    forward["torch"], backward["torch"] = torch_passes(torch, op, inputs, dout)
    rows = []
    for way, contestants, work in (("forward", forward, macs), ("backward", backward, 2 * macs)):
        times = {name: median(seconds) for name, seconds in take_turns(contestants, ROUNDS).items()}
        row = {"layer": op, "input": "x".join(map(str, inputs[0].shape)), "output channels": out.shape[1], "pass": way}
        row |= {f"{name}_ms": 1e3 * seconds for name, seconds in times.items()}
        row["fast over torch"] = times["fast"] / times["torch"]
        if work:
            row["fast, of limit"] = work / times["fast"] / limit
            row["torch, of limit"] = work / times["torch"] / limit
        rows.append(row)
        print(*(f"{key} {value}" for key, value in row.items()), sep="; ", flush=True)
    return rows


def torch_passes(torch, op, inputs, dout):
    functional = torch.nn.functional
    tensors = [torch.from_numpy(array).requires_grad_() for array in inputs]
    gradient = torch.from_numpy(dout)

    def crop_concat(skip, x):
        top = (skip.shape[2] - x.shape[2]) // 2
        left = (skip.shape[3] - x.shape[3]) // 2
        return torch.cat([skip[:, :, top : top + x.shape[2], left : left + x.shape[3]], x], dim=1)

    run = {
        "conv2d": functional.conv2d,
        "conv_transpose2d": lambda x, weight, bias: functional.conv_transpose2d(x, weight, bias, stride=2),
        "max_pool2d": lambda x: functional.max_pool2d(x, 2),
        "relu": functional.relu,
        "crop_concat": crop_concat,
    }[op]
    out = run(*tensors)
    return lambda: run(*tensors), lambda: torch.autograd.grad(out, tensors, gradient, retain_graph=True)


def matrix_product_rate():
    """Multiplications and additions a second in a large product."""
    side = 2048
    a, b = random(side, side), random(side, side)
    seconds = median(take_turns({"product": lambda: a @ b}, 5)["product"])
    return side**3 / seconds


def random(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


if __name__ == "__main__":
    main()
