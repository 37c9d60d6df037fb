"""Learning curves of several runs in one picture: what was held out, against the minutes of training."""

import csv
from pathlib import Path

from matplotlib.figure import Figure

from minunet.files import whole_file

PANELS = {"pixel_error": "pixel error, held out", "iou": "IoU, held out"}


def draw_curves(logs: dict[str, tuple[Path, float]], path: Path) -> None:
    """Draw the figures of each run's log.csv.

    Parameters
    ----------
    logs : dict of str to (Path, float)
        Of each run, by the name it has in the legend, its log and the seconds that a step took.
    path : path
    """
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    panels = figure.subplots(1, len(PANELS))
    for row, (log, seconds) in logs.items():
        with open(log, newline="") as file:
            validated = [line for line in csv.DictReader(file) if line["iou"]]
        minutes = [int(line["step"]) * seconds / 60 for line in validated]
        for axes, name in zip(panels, PANELS, strict=True):
            axes.plot(minutes, [float(line[name]) for line in validated], marker="o", markersize=2.5, label=row)
    for axes, label in zip(panels, PANELS.values(), strict=True):
        axes.set(xlabel="minutes of training", ylabel=label)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="0.9", linewidth=0.6)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=130)
