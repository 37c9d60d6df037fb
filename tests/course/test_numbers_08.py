"""What lesson 8 quotes of the project's longer runs is what benchmarks/PAPER.md says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAPER = (ROOT / "benchmarks/PAPER.md").read_text(encoding="utf-8")


def quoted():
    lesson = (ROOT / "lessons/08_little_data.py").read_text(encoding="utf-8")
    return [re.findall(r"\b0\.\d{3}", line) for line in lesson.splitlines() if line.startswith("# | ") and "0." in line]


def test_elastic_deformation():
    ablations = PAPER.partition("`ablations-isbi2012.toml`: ")[2]
    found = [
        re.search(rf"^\| {name} \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \|", ablations, re.MULTILINE).groups()
        for name in ("the paper's recipe", "no elastic deformation")
    ]
    v_rand, pixels = zip(*found, strict=True)
    assert quoted()[:2] == [list(v_rand), list(pixels)]


def test_interpolation():
    said = re.search(
        r"IoU (0\.\d+), SEG\s+(0\.\d+), and with the usual augmentation (0\.\d+) and (0\.\d+)", PAPER
    ).groups()
    assert quoted()[2:] == [[said[2], said[0]], [said[3], said[1]]]
