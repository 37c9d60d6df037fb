"""One training step against PyTorch's: loss, all gradients and the SGD update, and the peak memory of each.

``python -m benchmarks.train_step`` measures the paper's network at 572x572 with base 64 and base 16, and base 8 at
188x188, where the overhead of calls counts. PyTorch runs in its default and in its channels_last memory format; the
faster one is compared with.
"""

import sys
from statistics import median

from .contestants import batch, minunet_step, torch_step
from .harness import high_water, needs_torch, peak_memory, report, summary, take_turns

CASES = ((64, 572, 5), (16, 572, 10), (8, 188, 60))  # base, size, rounds
MEMORY_STEPS = 3


def main():
    needs_torch()
    rows = []
    for base, size, rounds in CASES:
        data = batch(size)
        times = take_turns(
            {
                "minunet": minunet_step(base, *data),
                "torch": torch_step(base, *data),
                "torch channels_last": torch_step(base, *data, channels_last=True),
            },
            rounds,
        )
        best = min(median(times["torch"]), median(times["torch channels_last"]))
        memory = {side: peak_memory("benchmarks.train_step", side, str(base), str(size)) for side in SIDES}
        for name, seconds in times.items():
            row = {"base": base, "size": size, "who": name, **summary(seconds)}
            row["time over torch's"] = median(seconds) / best
            if name in memory:
                row |= {"peak_MiB": memory[name], "memory over torch's": memory[name] / memory["torch"]}
            rows.append(row)
        print(*(f"{key} {value}" for key, value in rows[-3].items()), sep="; ", flush=True)
    report("train_step", rows)


def measure_memory(side, base, size):
    """Peak over what there was once the network, its optimizer and the data were made."""
    step = SIDES[side](base, *batch(size))
    before = high_water()
    for _ in range(MEMORY_STEPS):
        step()
    print(high_water() - before)


SIDES = {"minunet": minunet_step, "torch": torch_step}

if __name__ == "__main__":
    if len(sys.argv) == 4:
        measure_memory(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
