"""How time and peak memory of a training step grow with the image, the base and the batch.

The exponent is the slope of a straight line through the logarithms: 2 for a size means that twice the side takes four
times as long. ``python -m benchmarks.scaling``
"""

import sys
from statistics import median

import numpy as np

from .contestants import batch, minunet_step
from .harness import high_water, peak_memory, report, take_turns

SERIES = {  # (base, size, batch)
    "size": [(16, size, 1) for size in (188, 284, 412, 572)],
    "base": [(base, 284, 1) for base in (8, 16, 32, 64)],
    "batch": [(16, 284, count) for count in (1, 2, 4, 8)],
}
ROUNDS = 4


def main():
    rows, exponents = [], {}
    for place, (name, cases) in enumerate(SERIES.items()):
        grown = [case[(1, 0, 2)[place]] for case in cases]
        seconds = [median(take_turns({"step": step_of(case)}, ROUNDS)["step"]) for case in cases]
        memory = [peak_memory("benchmarks.scaling", *map(str, case)) for case in cases]
        exponents[name] = {"time": slope(grown, seconds), "memory": slope(grown, memory)}
        for case, time, peak in zip(cases, seconds, memory, strict=True):
            rows.append({"series": name, "base": case[0], "size": case[1], "batch": case[2], "s": time, "MiB": peak})
        print(name, exponents[name], flush=True)
    report("scaling", rows, exponents=exponents)


def step_of(case):
    base, size, count = case
    return minunet_step(base, *batch(size, count))


def slope(x, y):
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def measure_memory(case):
    step = step_of(case)
    before = high_water()
    for _ in range(3):
        step()
    print(high_water() - before)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measure_memory(tuple(map(int, sys.argv[1:])))
    else:
        main()
