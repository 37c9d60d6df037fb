"""Every number in a lesson's prose is one that its cells compute, or is worked out or looked up here.

A whole number of one digit, or one like 10 or 12, is taken for a word of the language. Every other must be printed by a
cell or stand in its code, rounded as the prose rounds it and perhaps in percent; what is not, is in `COMPUTED` with the
sum that gives it, or in `CITED` with the place where it is said.
"""

import re
from math import ceil, floor, log, log10, sqrt
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import minunet as mu
from minunet.course.source import solution_notebook
from minunet.unet import parameter_shapes

NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
NAMES = re.compile(
    r"[Ll]essons? \d+(?:(?:, \d+)* (?:to|and|or) \d+)?|[Ss]ections? [\d.]+|\b(?:19|20)\d\d\b|"
    r"\*About \d+ minutes|\d+ degrees"
)
ROOT = Path(__file__).parents[2]
WORDS = 12  # whole numbers up to it count as words


def papers():
    """Of the network in figure 1: its sizes, channels, layers, parameters, and the products of one forward pass."""
    sizes, products = [size := 572], 0
    shapes = {name: shape for name, shape in parameter_shapes(1, 2, 64, 4).items() if name.endswith("weight")}
    for name, shape in shapes.items():
        if name.endswith("upconv.weight"):
            size *= 2
            products += np.prod(shape) * (size // 2) ** 2
        else:
            size -= shape[-1] - 1
            products += np.prod(shape) * size**2
        sizes.append(size)
        if name.startswith("down") and name.endswith("conv1.weight") and not name.startswith("down4"):
            sizes.append(size := size // 2)
    everything = sum(np.prod(shape) for shape in parameter_shapes(1, 2, 64, 4).values())
    channels = {side for shape in shapes.values() for side in shape[:2]}
    billions, millions = products / 1e9, everything / 1e6
    return {*sizes, *channels, len(shapes), everything, millions, billions, sizes[0] - size, mu.output_size(572)}


def measured():
    """The rows of lesson 8's table, of the longer runs that benchmarks/PAPER.md tells of."""
    paper = (ROOT / "benchmarks/PAPER.md").read_text(encoding="utf-8")
    ablations = paper.partition("`ablations-isbi2012.toml`: ")[2]
    with_and_without = [
        re.search(rf"^\| {name} \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \|", ablations, re.MULTILINE).groups()
        for name in ("the paper's recipe", "no elastic deformation")
    ]
    said = r"IoU (0\.\d+), SEG\s+(0\.\d+), and with the usual augmentation (0\.\d+) and (0\.\d+)"
    iou, seg, usual_iou, usual_seg = re.search(said, paper).groups()
    return [*zip(*with_and_without, strict=True), (usual_iou, iou), (usual_seg, seg)]


COMPUTED = {
    1: [96 - 3, 96 - 3 + 1, 128 - 5 + 1],
    8: [572 / 2, 50 / 2, *(float(number) for row in measured() for number in row)],
    9: [388 // 16 * 16, 572 + 4, (572 - 388) // 2, (156 / 64) ** 2],
    10: [sqrt(2), floor(log10(np.finfo(np.float32).max)), ceil(log(np.finfo(np.float32).max))],
}
CITED = {
    10: {"16": "bits, as many cameras give"},
    14: {"35": "the paper, section 4: 35 images of one task, 20 of the other", "0.99": "a choice", "0.95": "a choice"},
}


def numbers(text):
    """What a text says in figures, as written."""
    return NUMBER.findall(NAMES.sub("", text))


def value(number):
    return float(number.replace(",", ""))


def agrees(number, computed):
    """Whether a number is another one, or its percent, rounded as it is written."""
    decimals = len(number.partition(".")[2])
    return any(round(computed * scale, decimals) == value(number) for scale in (1, 100))


def test_every_number_in_the_prose_is_computed(run, capsys, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    for number, (source, _, _) in enumerate(run.cells):
        run.run(number, source)
    code = "\n".join(source for source, *_ in run.cells)
    shown = [value(number) for number in NUMBER.findall(capsys.readouterr().out + code)]
    cells = solution_notebook(run.lesson.source).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    asked = {number for number in numbers(prose) if "." in number or value(number) > WORDS}
    computed = [*shown, *papers(), *COMPUTED.get(run.lesson.number, [])]
    cited = CITED.get(run.lesson.number, {})
    assert not {number for number in asked - cited.keys() if not any(agrees(number, one) for one in computed)}


def test_the_table_of_lesson_8_is_that_of_the_longer_runs():
    lines = (ROOT / "lessons/08_little_data.py").read_text(encoding="utf-8").splitlines()
    rows = [re.findall(r"\b0\.\d{3}", line) for line in lines if line.startswith("# | ") and "0." in line]
    assert rows == [list(row) for row in measured()]
