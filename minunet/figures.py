"""The pictures: how a run went, and what the network sees."""

import csv
import math
import os
from collections import defaultdict

import numpy as np
from matplotlib.colors import PowerNorm, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from scipy import ndimage

from .files import whole_file
from .metrics import mistakes, overlaps

BLUE, ORANGE, GREEN = "#0b6aa8", "#c8500b", "#3a7d44"
DPI = 130

# Inches
LARGEST = 11.0, 7.5  # all panels together
GAP, TITLE, BAR, HEADING = 0.16, 0.26, 0.42, 0.35
KEY = 6.2, 0.3  # room for the key of mistakes

BACKGROUND, UNMATCHED = to_rgb("#121217"), to_rgb("#d9d9de")
OBJECTS = [
    to_rgb(colour)
    for colour in ("#4e9de6", "#f28e2b", "#59b95c", "#e8525b", "#b07aff", "#f2cf3e", "#2fc4c0", "#f77fc1", "#a9744f")
]


def draw_log(log: str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw a run's log.csv: the loss of each step, its running mean, and the figures on what was held out.

    Parameters
    ----------
    log, path : path
        The CSV file to read and the picture to write; none is written before the first step.
    """
    with open(log, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return
    validated = [row for row in rows if row["iou"]]
    figure = Figure(figsize=(7, 5 if validated else 3.4), layout="constrained")
    panels = figure.subplots(
        1 + bool(validated), sharex=True, squeeze=False, height_ratios=(3, 2)[: 1 + bool(validated)]
    )
    _draw_loss(panels[0, 0], rows)
    if validated:
        _draw_held_out(panels[1, 0], validated)
    for axes in panels[:, 0]:
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0.01)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)  # above the data
    panels[-1, 0].set_xlabel("step (one tile each)")
    _save(figure, path)


def draw_segmentation(panels, path, title):
    """Draw pictures of one size side by side, in as many rows as suit their shape.

    The first panel of instances is the truth: its objects get colours such that neighbours differ. In the
    later ones an object has the colour of the true object that it covers most, so that a merger shows as one
    colour over two, and an object where there is none is pale grey.

    Parameters
    ----------
    panels : list of (title, array, kind)
        Arrays (H, W); kind is "image", "weights", "probability" or "instances".
    path : path
    title : str
    """
    height, width = panels[0][1].shape
    columns = _columns(len(panels), height / width)
    rows = -(-len(panels) // columns)
    inch = min(LARGEST[0] / (columns * width), LARGEST[1] / (rows * height))  # of a pixel
    across, down = width * inch + GAP, TITLE + height * inch + BAR
    size = columns * across + GAP, rows * down + HEADING
    figure = Figure(figsize=size)
    figure.suptitle(title, fontsize=11, y=1 - 0.1 / size[1], va="top")
    truth = next((array for _, array, kind in panels if kind == "instances"), None)
    for number, (name, array, kind) in enumerate(panels):
        row, column = divmod(number, columns)
        left, bottom = GAP + column * across, (rows - 1 - row) * down + BAR
        axes = _axes(figure, left, bottom, width * inch, height * inch)
        axes.set_title(name, fontsize=9, pad=4)
        axes.set_axis_off()
        if kind == "instances":
            axes.imshow(_coloured(array, truth), interpolation="nearest")
            continue
        drawn = axes.imshow(array, **_style(array, kind))
        if kind != "image":
            bar = _axes(figure, left, bottom - 0.14, width * inch, 0.08)
            ticks = (0, 0.5, 1) if kind == "probability" else None
            figure.colorbar(drawn, cax=bar, orientation="horizontal", ticks=ticks, format="%g")
            bar.tick_params(labelsize=7, length=2, pad=1)
    _save(figure, path)


MISTAKES = {  # colour of the pixels of an object, and what it says
    "merged": ("#f28e2b", "merged with another"),
    "split": ("#b07aff", "split"),
    "missed": ("#4e9de6", "missed"),
    "invented": ("#e8525b", "invented"),
}


def draw_mistakes(predicted, truth, path, title):
    """Draw where a segmentation is wrong, one colour for each kind of mistake.

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        Instance labels, 0 for the background. Objects are coloured as `minunet.metrics.mistakes` tells them apart: true
        ones that were merged, split or missed, predicted ones that were invented. All other pixels of objects are
        grey, paler where only one of the two has an object.
    path : path
    title : str
    """
    found = mistakes(predicted, truth)
    picture = np.zeros((*truth.shape, 3))
    picture[:] = BACKGROUND
    picture[(truth > 0) | (predicted > 0)] = to_rgb("#c9c9cf")
    picture[(truth > 0) & (predicted > 0)] = to_rgb("#85858d")
    for kind, labels in (("merged", truth), ("split", truth), ("missed", truth), ("invented", predicted)):
        picture[np.isin(labels, getattr(found, kind))] = to_rgb(MISTAKES[kind][0])
    height, width = truth.shape
    inch = min(LARGEST[0] / width, LARGEST[1] / height)
    size = max(width * inch, KEY[0]) + 2 * GAP, height * inch + HEADING + KEY[1] + GAP
    figure = Figure(figsize=size)
    figure.suptitle(title, fontsize=11, y=1 - 0.1 / size[1], va="top")
    axes = _axes(figure, (size[0] - width * inch) / 2, KEY[1] + GAP, width * inch, height * inch)
    axes.set_axis_off()
    axes.imshow(picture, interpolation="nearest")
    patches = [
        Patch(color=colour, label=f"{len(getattr(found, kind))} {says}") for kind, (colour, says) in MISTAKES.items()
    ]
    figure.legend(handles=patches, loc="lower center", ncols=4, frameon=False, fontsize=9)
    _save(figure, path)


def _draw_loss(axes, rows):
    step = [int(row["step"]) for row in rows]
    loss = np.array([float(row["loss"]) for row in rows])
    axes.plot(step, loss, color=BLUE, alpha=0.25, linewidth=0.6, label="each step")
    mean = _running_mean(loss, max(1, len(loss) // 50))
    axes.plot(step, mean, color=BLUE, linewidth=1.6, label="running mean")
    axes.set(ylabel="weighted cross-entropy", yscale="log", ylim=_loss_limits(loss, mean))


def _loss_limits(loss, mean):
    """From well below the running mean: a tile without a cell has a loss of almost nothing, and would flatten it."""
    return mean.min() / 10, 1.2 * loss.max()


def _draw_held_out(axes, rows):
    step = [int(row["step"]) for row in rows]
    for name, label, colour in (("iou", "IoU, held out", ORANGE), ("seg", "SEG, held out", GREEN)):
        if rows[0][name]:
            values = [float(row[name]) for row in rows]
            axes.plot(step, values, color=colour, linewidth=1.6, marker="o", markersize=3, label=label)
    axes.set(ylabel="IoU, SEG", ylim=(0, 1.02))
    axes.grid(axis="y", color="0.9", linewidth=0.6)


def _columns(count, aspect):
    """How many columns for so many panels: first no empty place, then a shape near 3:2."""

    def unsuited(columns):
        rows = -(-count // columns)
        return rows * columns - count, abs(math.log(columns / rows / aspect / 1.5))

    return min(range(1, count + 1), key=unsuited)


def _axes(figure, left, bottom, width, height):
    """Axes at a place in inches: so that panels line up, with a colour bar or without."""
    across, down = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / down, width / across, height / down))


def _style(array, kind):
    if kind == "image":
        low, high = np.percentile(array, (0.1, 99.9))
        dark = np.median(array) < low + 0.3 * (high - low)  # fluorescence: dim cells beside bright ones
        return {"cmap": "gray", "norm": PowerNorm(0.75 if dark else 1, low, high)}
    if kind == "weights":
        return {"cmap": "magma", "vmin": 0}
    return {"cmap": "viridis", "vmin": 0, "vmax": 1}


def _coloured(labels, truth):
    """An RGB picture (H, W, 3) of instances, in the colours of the true objects that they cover most."""
    colour_of = _neighbours_differ(truth)
    true_ids, _, ids, _, shared = overlaps(truth, labels)
    colours = {0: BACKGROUND}
    for i in np.argsort(shared, kind="stable"):  # the largest share comes last, and stays
        if ids[i] and true_ids[i]:
            colours[ids[i]] = colour_of[true_ids[i]]
    values, index = np.unique(labels, return_inverse=True)
    return np.array([colours.get(value, UNMATCHED) for value in values])[index.reshape(labels.shape)]


def _neighbours_differ(labels):
    """A colour for each object, the least used among those that no neighbour has.

    Neighbours are objects whose surroundings, all pixels nearer to them than to any other, touch.
    """
    nearest = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    regions = labels[tuple(nearest)]
    steps = (regions[1:], regions[:-1]), (regions[:, 1:], regions[:, :-1])
    pairs = np.hstack([np.stack([one.ravel(), other.ravel()]) for one, other in steps])
    neighbours = defaultdict(set)
    for one, other in np.unique(pairs, axis=1).T.tolist():
        neighbours[one].add(other)
        neighbours[other].add(one)
    chosen: dict[int, int] = {}
    used = [0] * len(OBJECTS)
    for label in np.unique(labels[labels > 0]).tolist():
        taken = {chosen[other] for other in neighbours[label] if other in chosen}
        free = [colour for colour in range(len(OBJECTS)) if colour not in taken] or range(len(OBJECTS))
        chosen[label] = min(free, key=used.__getitem__)
        used[chosen[label]] += 1
    return {label: OBJECTS[colour] for label, colour in chosen.items()}


def _running_mean(values, width):
    sums = np.cumsum(np.concatenate([[0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - width)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _save(figure, path):
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=DPI)
