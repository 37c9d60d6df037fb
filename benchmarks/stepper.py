"""How long a stepper takes to open, beside a training step of the same network; what memory it needs; the page's size.

``python -m benchmarks.stepper``: the paper's network at 572x572 with base 64, and depth 2 with base 4 at 128x128.
"""

import sys
from statistics import median

import numpy as np

import minunet as mu

from .contestants import batch, minunet_step
from .harness import high_water, peak_memory, report, summary, take_turns

PAPER = (64, 4, 572)  # base, depth, size
SMALL = (4, 2, 128)
ROUNDS = 5


def main():
    rows = []
    times = take_turns({"open": opening(*PAPER), "training step": minunet_step(PAPER[0], *batch(PAPER[2]))}, ROUNDS)
    for name, seconds in times.items():
        rows.append({"base": PAPER[0], "size": PAPER[2], "what": name, **summary(seconds)})
    rows[0] |= {"of a training step": median(times["open"]) / median(times["training step"])}
    rows[0] |= {f"{how}_MiB": peak_memory("benchmarks.stepper", how) for how in ("open", "walk")}
    page = opening(*SMALL)().to_html()
    rows.append({"base": SMALL[0], "size": SMALL[2], "what": "page", "page_MB": len(page.encode()) / 1e6})
    report("stepper", rows)


def opening(base, depth, size):
    """A function that opens a stepper on an image of noise."""
    net, rng = mu.UNet(base=base, depth=depth), np.random.default_rng(0)
    image, labels = rng.standard_normal((size, size)), rng.integers(0, 2, (size, size))
    return lambda: mu.Stepper(net, image, labels)


def measure_memory(how):
    """All that the process ever held, once the step is open, or walked to its end."""
    stepper = opening(*PAPER)()
    if how == "walk":
        stepper.goto(stepper.events[-1].name)
    print(high_water())


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure_memory(sys.argv[1])
    else:
        main()
