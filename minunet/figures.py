"""The pictures: how a run went, and what the network sees."""

import csv
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from .files import whole_file

BLUE, ORANGE, GREY = "#0b6aa8", "#c8500b", "#8a8f98"


def draw_log(log, path):
    """Draw a run's log.csv: the loss of each step, its running mean, and the validation's figures.

    Parameters
    ----------
    log, path : path
        The CSV file to read and the picture to write.
    """
    with open(log, newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return
    step = np.array([int(row["step"]) for row in rows])
    loss = np.array([float(row["loss"]) for row in rows])
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(step, loss, color=BLUE, alpha=0.2, linewidth=0.6)
    axes.plot(step, _running_mean(loss, max(1, len(loss) // 50)), color=BLUE, linewidth=1.6, label="training loss")
    axes.set(xlabel="step (one tile each)", ylabel="weighted cross-entropy", yscale="log")
    axes.margins(x=0.01)
    handles, _ = axes.get_legend_handles_labels()
    validated = [row for row in rows if row["iou"]]
    if validated:
        right = axes.twinx()
        at = [int(row["step"]) for row in validated]
        for name, title, style in (("iou", "IoU, held out", "-"), ("seg", "SEG, held out", "--")):
            if validated[0][name]:
                values = [float(row[name]) for row in validated]
                handles += right.plot(at, values, style, color=ORANGE, linewidth=1.4, marker=".", label=title)
        right.set(ylim=(0, 1), ylabel="IoU, SEG")
        right.spines["top"].set_visible(False)
    axes.spines["top"].set_visible(False)
    axes.legend(handles=handles, loc="center right", frameon=False)
    _save(figure, path)


def draw_segmentation(panels, path, title):
    """Draw pictures of one size side by side, or one above the other where they are wide.

    Parameters
    ----------
    panels : list of (title, array, kind)
        Arrays (H, W); kind is "image", "weights", "probability" or "instances".
    path : path
    title : str
    """
    height, width = panels[0][1].shape
    wide = width > height
    shape = (-(-len(panels) // 2), 2) if wide else (1, len(panels))
    cell = 2.3
    size = (
        shape[1] * cell * (1.8 if wide else 1),
        shape[0] * cell * (height / width if not wide else 1.8 * height / width) + 0.9,
    )
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(title, fontsize=11)
    for axes, (name, array, kind) in zip(np.ravel(figure.subplots(*shape)), panels, strict=False):
        drawn = axes.imshow(_shown(array, kind), interpolation="nearest", **_style(array, kind))
        axes.set_title(name, fontsize=9)
        axes.set_xticks([])
        axes.set_yticks([])
        if kind in ("weights", "probability"):
            bar = figure.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.04, pad=0.02)
            bar.ax.tick_params(labelsize=7)
            bar.outline.set_visible(False)
    _save(figure, path)


def _shown(array, kind):
    if kind == "instances":  # neighbours in number are often neighbours in place: give them distant colours
        return np.where(array > 0, (array * 7919) % 20 + 1, 0)
    return array


def _style(array, kind):
    if kind == "image":
        low, high = np.percentile(array, (0.5, 99.5))
        return {"cmap": "gray", "vmin": low, "vmax": max(high, low + 1e-6)}
    if kind == "weights":
        return {"cmap": "magma", "vmin": 0}
    if kind == "probability":
        return {"cmap": "viridis", "vmin": 0, "vmax": 1}
    return {"cmap": _INSTANCES, "vmin": 0, "vmax": 20}


def _running_mean(values, width):
    sums = np.cumsum(np.concatenate([[0], values]))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(0, ends - width)
    return (sums[ends] - sums[starts]) / (ends - starts)


def _save(figure, path):
    with whole_file(Path(path)) as temporary:
        figure.savefig(temporary, dpi=130)


_INSTANCES = ListedColormap([(0.07, 0.07, 0.09, 1), *matplotlib.colormaps["tab20"](range(20))])
