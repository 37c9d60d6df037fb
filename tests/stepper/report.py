"""How many explained numbers were checked, of which kinds, and how far the worst is from the sum of its terms.

    python -m tests.stepper.report [IMAGE LABELS]

With an image and its instance labels, of a real image too; otherwise of the networks of the tests alone.
"""

import sys
from collections import Counter

import numpy as np

import minunet as mu
from minunet import data

from .conftest import NETWORKS, step_of

ELEMENTS = 40  # of each value


def main(paths):
    steps = {name: step_of(name) for name in NETWORKS}
    if paths:
        image, labels = data.read_image(paths[0]), mu.borders.separate(data.read_labels(paths[1]))
        for layers in (mu.layers, mu.fast):
            net = mu.UNet(len(image), base=4, depth=2, layers=layers)
            net.normalization = (image.mean(), image.std())
            weights = mu.border_weight_map(labels)
            steps[f"{paths[0]}, {layers.__name__}"] = mu.Stepper(net, image, (labels > 0).astype(int), weights)
    counts: Counter[tuple[str, str]] = Counter()
    worst: dict[tuple[str, str], tuple[float, float]] = {}
    rng = np.random.default_rng(0)
    for stepper in steps.values():
        for event in stepper.events[1:]:
            for role, name in event.outputs.items():
                shape = stepper.values.shapes[name]
                for index in {tuple(int(rng.integers(side)) for side in shape) for _ in range(ELEMENTS)}:
                    explanation = stepper.explain(name, index)
                    difference = abs(explanation.total - explanation.value)
                    part = difference / explanation.bound if explanation.bound else float(difference > 0)
                    counts[event.op, role] += 1
                    worst[event.op, role] = max(worst.get((event.op, role), (0.0, 0.0)), (part, difference))
    print(f"{'operation':24s} {'value':14s} {'checked':>8s}  {'worst difference':>16s}  of its bound")
    for (op, role), count in counts.items():
        part, difference = worst[op, role]
        print(f"{op:24s} {role:14s} {count:8d}  {difference:16.2g}  {part:.3f}")
    print(f"{len(counts)} kinds, {sum(counts.values())} numbers, worst {max(worst.values())[0]:.3f} of its bound")


if __name__ == "__main__":
    main(sys.argv[1:])
