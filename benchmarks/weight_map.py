"""The border weight map against two other ways to compute it.

One full distance transform for each cell is what most code does. The brute force follows the idea of a routine that
is quoted on a widely read blog, mended: every pixel's distance to every border pixel, and the two nearest cells among
them; on a size that it can finish. ``python -m benchmarks.weight_map``
"""

import numpy as np
from scipy import ndimage

from minunet.borders import border_weight_map
from minunet.data import touching_cells

from .harness import report, summary, take_turns

CASES = ((512, 125, 10), (512, 100, 10), (800, 300, 5), (1448, 1000, 1))  # side in px, cells, rounds
BRUTE_FORCE_SIDE = 96
W0, SIGMA = 10, 5


def main():
    rows = []
    for side, cells, rounds in CASES:
        labels = touching_cells((side, side), cells).labels
        times = take_turns(
            {
                "minunet": lambda labels=labels: border_weight_map(labels, W0, SIGMA),
                "one transform a cell": lambda labels=labels: one_transform_a_cell(labels),
            },
            rounds,
        )
        rows += compared(times, "one transform a cell", side, labels)
    labels = touching_cells((BRUTE_FORCE_SIDE, BRUTE_FORCE_SIDE), 8).labels
    times = take_turns(
        {"minunet": lambda: border_weight_map(labels, W0, SIGMA), "brute force": lambda: brute_force(labels)}, 5
    )
    rows += compared(times, "brute force", BRUTE_FORCE_SIDE, labels)
    report("weight_map", rows)


def compared(times, with_whom, side, labels):
    other = summary(times[with_whom])["median_s"]
    cells = len(np.unique(labels[labels > 0]))
    return [
        {"side": side, "cells": cells, "who": name, **summary(seconds), "ratio": summary(seconds)["median_s"] / other}
        for name, seconds in times.items()
    ]


def one_transform_a_cell(labels):
    """The distances to the two nearest cells from a stack of whole-image distance transforms."""
    nearest = np.full((2, *labels.shape), np.inf)
    for cell in np.unique(labels[labels > 0]):
        distance = ndimage.distance_transform_edt(labels != cell)
        nearest[1] = np.minimum(nearest[1], np.maximum(nearest[0], distance))
        nearest[0] = np.minimum(nearest[0], distance)
    return np.where(labels == 0, W0 * np.exp(-(nearest.sum(axis=0) ** 2) / (2 * SIGMA**2)), 0)


def brute_force(labels):
    """Every pixel against every cell's pixels."""
    places = np.argwhere(np.ones(labels.shape, bool))
    distances = []
    for cell in np.unique(labels[labels > 0]):
        of_cell = np.argwhere(labels == cell)
        apart = ((places[:, None] - of_cell[None]) ** 2).sum(axis=2)
        distances.append(np.sqrt(apart.min(axis=1)))
    nearest = np.partition(distances, 1, axis=0)[:2].sum(axis=0).reshape(labels.shape)
    return np.where(labels == 0, W0 * np.exp(-(nearest**2) / (2 * SIGMA**2)), 0)


if __name__ == "__main__":
    main()
