"""``minunet train`` as a user meets it: what it says, what it leaves, and what it refuses without harm."""

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import termios
import time

import numpy as np
import pytest
import tifffile

import minunet as mu
from minunet.cli import main
from minunet.data import touching_cells, write_tiff

TINY = ["--base=1", "--depth=1", "--tile=28", "--warmup=5", "--validate-every=5", "--device=cpu"]
PROGRAM = [sys.executable, "-m", "minunet"]
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "cells"
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    for seed in range(3):
        sample = touching_cells((40, 56), count=6, seed=seed)
        write_tiff(folder / "images" / f"{seed}.tif", sample.image[0].astype(np.uint8))
        write_tiff(folder / "labels" / f"{seed}.tif", sample.labels.astype(np.uint16))
    return folder


@pytest.fixture
def train(data, tmp_path, capsys):
    """Run the command in this process; gives exit status, stdout and stderr."""

    def train(*flags, out=tmp_path / "run"):
        status = main(["train", "--data", str(data), "--out", str(out), *TINY, *flags])
        return status, *capsys.readouterr()

    return train


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# what it says and leaves


def test_a_run_says_what_it_does_and_leaves_everything(train, tmp_path):
    status, out, err = train("--steps=12")
    assert status == 0
    lines = err.splitlines()
    assert lines[0].startswith("labels: instances (18 objects in 3 images; each value is one object).")
    assert lines[1] == "2 images for training, 1 image held out; tile 28, base 1, depth 1, 120 parameters, on cpu"
    assert lines[2:] == [f"segment with: minunet predict IMAGE --weights {tmp_path / 'run'} --out OUT"]
    assert "held out, at the end" in out
    assert out.splitlines()[-1].endswith("/ 6")
    assert set(content(tmp_path / "run")) == {"last.npz", "best.npz", "log.csv", "loss.png", "settings.json"}


def test_json_is_all_that_a_program_reads(train, tmp_path):
    status, out, _ = train("--steps=3", "--json")
    result = json.loads(out)
    assert status == 0
    assert (result["run"], result["step"], result["figures"]["true"]) == (str(tmp_path / "run"), 3, 6)


def test_every_flag_of_the_recipe_reaches_it(train, tmp_path):
    given = {
        "base": 2, "depth": 2, "dropout": 0.25, "tile": 44, "steps": 2, "minutes": 5.0, "optimizer": "adam",
        "lr": 0.002, "momentum": 0.9, "warmup": 3, "clip": 0.5, "w0": 4.0, "sigma": 2.0,
        "elastic": 3.0, "padding": "zero",
        "validate_every": 7, "seed": 11,
    }  # fmt: skip
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    status, _, err = train("--no-augment", "--no-balance", "--no-grey", "--each-image", *flags)
    assert status == 0, err
    recipe = json.loads((tmp_path / "run" / "settings.json").read_text())["recipe"]
    assert recipe == given | {"augment": False, "balance": False, "grey": False, "each_image": True}


def test_nothing_may_be_held_out(train):
    status, out, err = train("--steps=2", "--validation=0")
    assert (status, out) == (0, "")
    assert "3 images for training, no images held out; " in err


def test_labels_that_do_not_fit_are_warned_of(train, data):
    for name in ("images", "labels"):
        for path in (data / name).iterdir():
            path.unlink()
    samples = [touching_cells((130, 170), count=14, seed=seed) for seed in range(3)]
    for number, sample in enumerate(samples):
        write_tiff(data / "images" / f"{number}.tif", sample.image[0])
        write_tiff(data / "labels" / f"{number}.tif", samples[number - 1].labels.astype(np.uint16))
    status, _, err = train("--steps=1")
    assert status == 0
    assert "\nwarning: the labels do not seem to fit the images: " in err


def test_a_class_that_never_occurs_is_warned_of(train):
    _, _, err = train("--steps=1", "--labels=classes", "--classes=8")
    assert "warning: class 7 never occurs in the labels: the network cannot learn it\n" in err


def test_force_begins_anew(train, tmp_path):
    train("--steps=3")
    assert train("--steps=2", "--force")[0] == 0
    assert (tmp_path / "run" / "log.csv").read_text().count("\n") == 1 + 2


# what it refuses


def refusal(result, begins):
    """The one line on stderr."""
    status, out, err = result
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith(f"minunet train: {begins}"), err
    return err


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--tile=30", "--depth=2"], "input size 30 is not legal at depth 2; the nearest legal: 44"),
        (["--tile=27"], "input size 27 is not legal at depth 1; the nearest legal: 26 or 28"),
        (["--steps=0"], "steps is 0, expected a whole number of at least 1"),
        (["--base=0"], "base is 0, expected a whole number of at least 1"),
        (["--depth=0"], "depth is 0, expected a whole number of at least 1"),
        (["--dropout=1"], "dropout is 1.0, expected 0 <= dropout < 1"),
        (["--optimizer=lbfgs"], "optimizer is 'lbfgs', expected one of sgd, adam"),
        (["--lr=nan"], "lr is nan, expected more than 0"),
        (["--validation=1"], "validation is 1.0, expected a fraction of the images"),
        (["--device=tpu"], 'device is \'tpu\', expected "auto", "cpu" or "cuda"'),
        (["--classes=3"], "0: the labels have the value 6; 3 classes allow 0 to 2"),
        (["--classes=1"], "a segmentation has 2 classes or more; found 1"),
        (["--resume"], "{out} holds no run to resume: it has no last.npz; begin one there first"),
    ],
)
def test_options_that_cannot_be_are_refused(train, tmp_path, flags, said):
    refusal(train(*flags), said.format(out=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_cuda_is_refused_where_there_is_none(train, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    refusal(train("--device=cuda"), 'device "cuda" needs CuPy, which is not installed: pip install')
    assert not (tmp_path / "run").exists()


def test_data_that_cannot_be_trained_on_are_refused(train, data, tmp_path):
    image = tifffile.imread(data / "images" / "1.tif").astype(np.float32)
    image[3, 4] = np.nan
    write_tiff(data / "images" / "1.tif", image)
    line = refusal(train(), f"{data / 'images' / '1.tif'}: 1 of 2,240 values are NaN or infinite")
    assert "mend or leave it out" in line
    (data / "images" / "1.tif").write_bytes((data / "images" / "0.tif").read_bytes()[:99])
    refusal(train(), f"{data / 'images' / '1.tif'}: ")
    write_tiff(data / "images" / "1.tif", image[:-1])
    refusal(train(), f"{data / 'images' / '1.tif'}: ")
    (data / "images" / "1.tif").unlink()
    refusal(train(), f"{data}: 1 label map has no image: 1")
    for kind in ("images", "labels"):
        for path in (data / kind).iterdir():
            path.unlink()
    refusal(train(), f"{data / 'images'}: the folder is empty")
    assert not (tmp_path / "run").exists()


def test_an_image_of_another_size_than_its_labels_is_refused(train, data):
    write_tiff(data / "images" / "1.tif", np.zeros((40, 55), np.uint8))
    refusal(train(), "1: the image is 40 x 55 (height x width) but its labels are 40 x 56")


def test_a_folder_that_is_not_there_is_refused(tmp_path, capsys):
    status = main(["train", "--data", str(tmp_path / "absent"), "--out", str(tmp_path / "run")])
    refusal((status, *capsys.readouterr()), f"{tmp_path / 'absent'}: no such folder")


def test_a_run_is_not_overwritten_unasked(train, tmp_path):
    train("--steps=2")
    before = content(tmp_path / "run")
    line = refusal(train("--steps=2"), f"{tmp_path / 'run'} holds a run already")
    assert "--resume" in line
    assert "--force" in line
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize("flags", [["--force", "--steps=0"], ["--force", "--tile=27"], ["--force", "--device=tpu"]])
def test_force_harms_nothing_where_the_rest_is_wrong(train, tmp_path, flags):
    train("--steps=2")
    before = content(tmp_path / "run")
    refusal(train(*flags), "")
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--seed=3"], "{run} was begun with seed 0, not 3: resume with the run's own settings"),
        (["--validation=0"], "{run} was begun on other images or labels, or with others held out"),
        (["--labels=mask"], "{run} was begun on other images or labels"),
    ],
)
def test_a_run_is_resumed_with_its_own_settings_alone(train, tmp_path, flags, said):
    train("--steps=2")
    before = content(tmp_path / "run")
    refusal(train("--resume", *flags), said.format(run=tmp_path / "run"))
    assert content(tmp_path / "run") == before


def test_a_damaged_checkpoint_is_refused(train, tmp_path):
    train("--steps=2")
    last = tmp_path / "run" / "last.npz"
    last.write_bytes(last.read_bytes()[:-200])
    before = content(tmp_path / "run")
    refusal(train("--resume"), f"{last} is not a whole minunet weights file")
    assert content(tmp_path / "run") == before


def test_weights_in_a_run_s_place_are_refused(train, tmp_path):
    (tmp_path / "run").mkdir()
    mu.UNet(1, 2, base=1, depth=1).save(tmp_path / "run" / "last.npz")
    refusal(train("--resume"), f"{tmp_path / 'run' / 'last.npz'} holds weights alone, not a run to resume")


def test_a_folder_that_cannot_be_made_is_refused(train, tmp_path):
    (tmp_path / "file").write_text("precious")
    refusal(
        train(out=tmp_path / "file" / "run"), f"{tmp_path / 'file' / 'run'} cannot be made a folder (Not a directory)"
    )
    refusal(train(out=tmp_path / "file"), f"{tmp_path / 'file'} cannot be made a folder")
    assert (tmp_path / "file").read_text() == "precious"


def test_a_folder_that_cannot_be_written_is_refused(train, tmp_path, monkeypatch):
    """Root may write anywhere, so the refusal itself is made up."""
    train("--steps=2")
    before = content(tmp_path / "run")

    def denied(path, *given, **named):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.unlink", denied)
        patch.setattr("pathlib.Path.mkdir", denied)
        refusal(train("--force"), f"{tmp_path / 'run'} cannot be made a folder (Permission denied)")
    assert content(tmp_path / "run") == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here, on which every write fails")
@pytest.mark.parametrize("part", [".settings.part.json", ".log.part.csv", ".best.part.npz", ".last.part.npz"])
def test_a_full_disk_at_the_start_is_one_line(train, tmp_path, part):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / part).symlink_to("/dev/full")
    refusal(train(), "No space left on device; free some space, then run it again")
    assert "last.npz" not in content(tmp_path / "run")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here, on which every write fails")
@pytest.mark.parametrize("part", [".best.part.npz", ".last.part.npz"])
def test_a_disk_that_fills_up_leaves_the_last_checkpoint_to_go_on_from(data, tmp_path, capsys, monkeypatch, part):
    from minunet.training import Training

    argv = ["train", "--data", str(data), "--out", str(tmp_path / "run"), *TINY, "--steps=12", "--validation=0"]
    real = Training._train_on

    def fill_up(training, *given):
        if training.step == 7:
            (tmp_path / "run" / part).symlink_to("/dev/full")
        return real(training, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "_train_on", fill_up)
        assert main(argv) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("minunet train: No space left on device")
    mu.load(tmp_path / "run" / "best.npz")
    mu.load(tmp_path / "run" / "last.npz")
    assert main([*argv, "--resume"]) == 0
    assert main([arg.replace("run", "whole") if arg == argv[4] else arg for arg in argv]) == 0
    for name in ("last.npz", "best.npz", "log.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_run_that_diverges_ends_in_one_line_and_keeps_its_checkpoint(train, tmp_path):
    status, out, err = train("--steps=50", "--lr=1e30", "--warmup=0")
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith("minunet train: training diverged at step ")
    assert "Warning" not in err
    for name in ("last.npz", "best.npz"):
        for value in mu.load(tmp_path / "run" / name).params.values():
            assert np.isfinite(value).all()


# Ctrl-C


def test_ctrl_c_saves_and_says_how_to_go_on(data, tmp_path):
    run = tmp_path / "a run"
    command = [*PROGRAM, "train", "--data", str(data), "--out", str(run), *TINY, "--steps=4000", "--validation=0.4"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not ((run / "log.csv").exists() and (run / "log.csv").read_text().count("\n") > 8):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    *_, line = err.splitlines()
    said, how = line.split("; go on with: ")
    step = int(said.removeprefix("stopped after step "))
    assert (run / "log.csv").read_text().splitlines()[-1].startswith(f"{step},")
    program, *argv = shlex.split(how)
    assert program == "minunet"
    resumed = subprocess.Popen([*PROGRAM, *argv], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    while resumed.poll() is None and not (run / "log.csv").read_text().count("\n") > step + 5:
        time.sleep(0.002)
    resumed.send_signal(signal.SIGINT)
    assert resumed.communicate()[1].splitlines()[-1].startswith("stopped after step ")
    assert resumed.returncode == 130


# the progress bar


def test_the_bar_is_for_terminals_alone(data, tmp_path):
    def command(out):
        return [*PROGRAM, "train", "--data", str(data), "--out", str(tmp_path / out), *TINY, "--steps=20"]

    captured = subprocess.run(command("piped"), env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert "\r" not in captured.stderr
    assert len(captured.stderr.splitlines()) == 3

    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    process = subprocess.Popen(command("watched"), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := read(ours):
        shown += chunk
    os.close(ours)
    assert process.wait() == 0
    assert b"/20 [" in shown
    for line in captured.stderr.splitlines()[:2]:
        assert line.encode() in shown
    process.stdout.close()


def read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux says that the other end of a terminal has closed
        return b""
