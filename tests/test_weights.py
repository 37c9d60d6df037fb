"""The networks that come with minunet are small, work at once, and are as good as their cards say."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

import minunet as mu
from minunet.cli import main
from minunet.data import read_dataset, touching_cells
from minunet.evaluation import evaluate
from minunet.validation import mean_figures
from minunet.weights import SHIPPED, shipped_file

SHARED = Path(__file__).parents[2] / "shared" / "data"


def test_every_weights_file_has_a_name_and_a_card_and_none_is_over():
    folder = shipped_file("isbi").parent
    assert {path.stem for path in folder.glob("*.npz")} == {path.stem for path in folder.glob("*.md")} == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_weights_are_of_4_mb_at_most(name):
    assert os.path.getsize(shipped_file(name)) < 4_000_000


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_says_what_one_has_to_know(name):
    card = shipped_file(name, "md").read_text(encoding="utf-8")
    for heading in ("For what", "Trained on", "How", "How good", "Where it fails"):
        assert f"\n## {heading}\n" in card
    for figure in ("IoU", "SEG"):
        assert figure in card


@pytest.mark.parametrize("name", SHIPPED)
def test_they_are_loaded_by_name_in_float32_with_a_threshold_of_their_own(name):
    net = mu.load(name)
    assert {value.dtype for value in net.params.values()} == {np.dtype("float32")}
    assert 0.05 <= net.threshold <= 0.95
    assert net.normalization != (0, 1)


def test_a_name_means_the_network_that_comes_with_minunet_and_a_path_what_lies_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mu.UNet(base=2, depth=1).save("nuclei")
    assert mu.load("nuclei").base == 16
    assert mu.load("./nuclei").base == 2


@pytest.mark.parametrize("name", SHIPPED)
def test_predict_works_at_once(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tifffile.imwrite("cells.tif", touching_cells((70, 90), count=6).image[0].astype(np.uint8))
    assert main(["predict", "cells.tif", "--weights", name, "--out", "out", "--instances"]) == 0
    assert tifffile.imread("out/cells_mask.tif").shape == (70, 90)
    assert tifffile.imread("out/cells_instances.tif").shape == (70, 90)


@pytest.mark.parametrize(
    ("name", "data", "held_out", "method", "least"),
    [
        ("isbi", "isbi2012", slice(20, 25), "components", {"iou": 0.88, "v_rand": 0.94, "v_info": 0.97}),
        ("nuclei", "dsb2018", slice(4, None, 5), "watershed", {"iou": 0.81, "iou_at_threshold": 0.82, "seg": 0.75}),
    ],
)
def test_on_images_that_were_held_out_they_are_good(name, data, held_out, method, least):
    if not (SHARED / data).exists():
        pytest.skip(reason=f"{SHARED / data} is not there: the real images lie outside the project")
    dataset = read_dataset(SHARED / data)
    samples = replace(dataset, samples=dataset.samples[held_out])
    found = mean_figures(list(evaluate(mu.load(name), samples, method).rows.values()))
    assert {figure: found[figure] for figure in least if found[figure] < least[figure]} == {}
