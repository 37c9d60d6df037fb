"""`kill -9` at any moment costs nothing but the steps since the last checkpoint."""

import csv
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

import minunet as mu
from minunet.checkpoint import load_with_state
from minunet.data import touching_cells, write_tiff

KILLS = 20
STEPS = 300
FILES = ("last.npz", "best.npz", "log.csv", "settings.json")
RECIPE = {"base": 1, "depth": 1, "tile": 28, "steps": STEPS, "validate_every": 4, "warmup": 5, "seed": 5}
COMMAND = [sys.executable, "-m", "minunet", "train"]
# Two threads may add up in another order than one; and so small a network is faster with one.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    for kind in ("images", "labels"):
        (folder / kind).mkdir()
    for seed in range(3):
        sample = touching_cells((40, 56), count=6, seed=seed)
        write_tiff(folder / "images" / f"{seed}.tif", sample.image[0].astype(np.uint8))
        write_tiff(folder / "labels" / f"{seed}.tif", sample.labels.astype(np.uint16))
    return folder


def command(data, run):
    """Go on with the run where it has begun, else begin it (again): with the same words, as the user would."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in RECIPE.items()]
    resume = ["--resume"] if (run / "last.npz").exists() else ["--force"]
    return [*COMMAND, "--data", str(data), "--out", str(run), *flags, *resume]


def rows(run):
    return (run / "log.csv").read_bytes().count(b"\n") - 1 if (run / "log.csv").exists() else -1


def kill_after(row, delay, data, run):
    """Kill the run some ms after it has logged so many rows, or (row -1) so long after its start."""
    process = subprocess.Popen(
        command(data, run), env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and rows(run) < row:
        time.sleep(0.0005)
    time.sleep(delay)
    process.kill()
    return process.communicate()[1], process.returncode


def assert_nothing_is_half_written(run):
    """Every file under its own name is whole; and a logged step has a checkpoint to go on from."""
    found = {path.name for path in run.iterdir() if not path.name.startswith(".")} if run.exists() else set()
    assert found <= {*FILES, "loss.png"}
    if "last.npz" not in found:
        assert rows(run) <= 0
        return -1
    net, state, notes = load_with_state(run / "last.npz")
    assert all(np.isfinite(value).all() for value in (*net.params.values(), *state.values()))
    assert mu.load(run / "best.npz").settings == net.settings
    assert json.loads((run / "settings.json").read_text()) == notes["settings"]
    with open(run / "log.csv", newline="") as file:
        logged = [int(row["step"]) for row in csv.DictReader(file)]
    assert logged[: notes["step"]] == list(range(1, notes["step"] + 1))
    return notes["step"]


def test_a_run_killed_at_20_moments_ends_with_the_bytes_of_one_never_stopped(data, tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(data, whole), env=ENVIRONMENT, check=True, capture_output=True)

    rng = np.random.default_rng(20)
    moments = np.sort(rng.choice(np.arange(STEPS - 20), KILLS - 3, replace=False))
    steps = []
    # The first while Python still starts, then as the folder is made, then from the first step to the end.
    for row in (-1, -1, 0, *moments):
        error, status = kill_after(row, rng.uniform(0, 0.4 if row < 0 else 0.02), data, killed)
        assert status == -9, error  # it did not end by itself, and the kill found it at work
        steps.append(assert_nothing_is_half_written(killed))
    assert steps == sorted(steps)
    assert len(set(steps)) > KILLS / 2
    assert steps[-1] > STEPS / 2

    subprocess.run(command(data, killed), env=ENVIRONMENT, check=True, capture_output=True)
    for name in FILES:
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), f"{name} differs"
    assert not list(killed.glob(".*"))  # what was half written has been written over


def test_a_finished_run_gone_on_with_keeps_its_bytes(data, tmp_path):
    run = tmp_path / "run"
    subprocess.run([*command(data, run), "--steps=6"], env=ENVIRONMENT, check=True, capture_output=True)
    before = {name: (run / name).read_bytes() for name in FILES}
    resume = [*COMMAND, "--data", str(data), "--out", str(run), "--resume"]
    result = subprocess.run(resume, env=ENVIRONMENT, check=True, capture_output=True, text=True)
    assert "all is done already, 6 steps" in result.stderr
    assert {name: (run / name).read_bytes() for name in FILES} == before
