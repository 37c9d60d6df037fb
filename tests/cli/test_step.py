"""``minunet step``: an image, its labels, a network; a session, a file, a page."""

import io
import sys

import numpy as np
import pytest

import minunet as mu
from minunet.cli import main
from minunet.data import Dataset, Sample, write_tiff
from minunet.recipe import Recipe
from minunet.training import Training


@pytest.fixture
def cells(tmp_path):
    """A picture of cells, 68x72, with labels of each kind."""
    sample = mu.data.touching_cells((68, 72), count=6, seed=3)
    write_tiff(tmp_path / "cells.tif", sample.image[0])
    write_tiff(tmp_path / "instances.tif", sample.labels.astype(np.uint16))
    write_tiff(tmp_path / "mask.tif", (255 * (sample.labels > 0)).astype(np.uint8))
    classes = np.where(sample.labels == 0, 0, 1 + np.arange(72) % 2).astype(np.uint8)
    write_tiff(tmp_path / "classes.tif", classes)
    return tmp_path


def step(*arguments, commands=""):
    """Exit status of the command, with these lines as standard input."""
    before, sys.stdin = sys.stdin, io.StringIO(commands)
    try:
        return main(["step", *map(str, arguments)])
    finally:
        sys.stdin = before


def saved(cells, *arguments):
    """The step that the command takes."""
    path = cells / "step.npz"
    assert step(cells / "cells.tif", *arguments, "--save", path, "--force") == 0
    return mu.Stepper.load(path)


def test_commands_from_standard_input_make_a_transcript(cells, capsys):
    assert step(cells / "cells.tif", "--labels", cells / "instances.tif", commands="n\nwhere\nq\n") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("One training step of a U-Net of depth 2 and base 4 on an image of 1x68x72")
    assert "(step) where" in lines
    assert "at down0.conv0 (forward)" in lines


def test_without_labels_otsu_s_threshold_takes_their_place(cells, capsys):
    stepper = saved(cells)
    assert "Otsu's threshold takes their place" in capsys.readouterr().err
    assert set(np.unique(stepper.values["labels"])) == {0, 1}


def test_instances_get_the_border_weight_map(cells):
    stepper = saved(cells, "--labels", cells / "instances.tif")
    labels = mu.borders.separate(mu.data.read_labels(cells / "instances.tif"))
    cut = slice(20, -20)
    np.testing.assert_array_equal(stepper.values["labels"][0], labels[cut, cut] > 0)
    np.testing.assert_array_equal(stepper.values["weights"][0], mu.border_weight_map(labels)[cut, cut])


def test_a_mask_s_connected_parts_are_its_instances(cells):
    stepper = saved(cells, "--labels", cells / "mask.tif")
    assert stepper.values["weights"].max() > 1
    assert set(np.unique(stepper.values["labels"])) == {0, 1}


def test_the_image_is_normalised_by_itself_for_a_new_network(cells):
    stepper = saved(cells, "--base", 3, "--depth", 1)
    assert stepper.net.base == 3
    assert abs(float(stepper.values["input.out"].mean())) < 1e-5
    assert float(stepper.values["input.out"].std()) == pytest.approx(1, rel=1e-5)


def test_a_run_has_its_velocity_and_learning_rate(cells):
    data = Dataset(
        [Sample("cells", mu.data.read_image(cells / "cells.tif"), mu.data.read_labels(cells / "instances.tif"))],
        "instances", 2, 1, "",
    )  # fmt: skip
    recipe = Recipe(base=2, depth=2, tile=44, steps=3, lr=0.02, momentum=0.95, validate_every=3)
    Training(data, cells / "run", recipe, device="cpu").run()
    stepper = saved(cells, "--run", cells / "run", "--labels", cells / "instances.tif")
    assert stepper.settings["optimizer"] == {"kind": "sgd", "lr": 0.02, "momentum": 0.95}
    assert stepper.values["down0.conv0.weight.velocity"].any()
    np.testing.assert_array_equal(
        stepper.values["head.weight"], mu.load(cells / "run" / "last.npz").params["head.weight"]
    )


def test_a_weights_file_has_no_velocity(cells):
    net = mu.UNet(base=2, depth=2, seed=9)
    net.save(cells / "net.npz")
    stepper = saved(cells, "--run", cells / "net.npz")
    np.testing.assert_array_equal(stepper.values["head.weight"], net.params["head.weight"])
    assert not stepper.values["head.weight.velocity"].any()


def test_a_tile_is_cut_from_the_middle(cells):
    whole, middle = saved(cells), saved(cells, "--tile", 52)
    assert middle.values["input.out"].shape == (1, 1, 52, 52)
    a, b = whole.values["input.out"][0, 0, 8:60, 10:62], middle.values["input.out"][0, 0]
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] == pytest.approx(1)


def test_a_page_of_a_stack(cells):
    image = mu.data.read_image(cells / "cells.tif")[0]
    write_tiff(cells / "stack.tif", np.stack([image, image[::-1]]))
    path = cells / "second.npz"
    assert step(cells / "stack.tif", "--page", 1, "--save", path) == 0
    second = mu.Stepper.load(path).values["input.out"]
    np.testing.assert_allclose(second, saved(cells).values["input.out"][:, :, ::-1], rtol=1e-5, atol=1e-6)


def test_a_page_for_the_browser_is_written_and_a_saved_step_opened(cells, capsys):
    saved(cells)
    assert step(cells / "step.npz", "--html", cells / "lesson.html") == 0
    text = (cells / "lesson.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "A U-Net of depth 2 and base 4 on an image of 68×72" in text
    assert capsys.readouterr().out.splitlines()[-1] == str(cells / "lesson.html")


def test_class_labels_make_as_many_classes(cells):
    stepper = saved(cells, "--labels", cells / "classes.tif")
    assert stepper.net.classes == 3
    assert stepper.values["labels"].max() == 2
    assert (stepper.values["weights"] == 1).all()


def test_a_saved_step_opens_whatever_its_name(cells, capsys):
    assert step(cells / "cells.tif", "--save", cells / "lesson.one") == 0
    assert step(cells / "lesson.one", commands="q\n") == 0
    assert "One training step" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "side"), [("nuclei", 124), ("isbi", 188)])
def test_a_network_that_comes_with_minunet_takes_a_piece_of_the_demo_s_image_that_suits_its_depth(
    name, side, tmp_path, monkeypatch
):
    monkeypatch.setattr(mu.data, "nuclei", lambda: mu.data.touching_cells((256, 256), count=30))
    assert step("--run", name, "--save", tmp_path / "step.npz") == 0
    assert mu.Stepper.load(tmp_path / "step.npz").values["input.out"].shape == (1, 1, side, side)


def test_without_an_image_it_is_a_piece_of_the_demo_s(capsys, monkeypatch):
    def nothing():
        raise mu.data.SampleUnavailable("no network")

    monkeypatch.setattr(mu.data, "nuclei", nothing)
    assert step(commands="q\n") == 0
    output = capsys.readouterr()
    assert "on an image of 1x128x128" in output.out
    assert "no network; going on with generated cells" in output.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.tif"], "No such file"),
        (["CELLS", "--depth", "4"], "the image is 68x72; at depth 4 the smallest legal is 188"),
        (
            ["ODD"],
            "input size 69 is not legal at depth 2; the nearest legal: 68 or 72; --tile 68 cuts that from the middle",
        ),
        (["CELLS", "--tile", "53"], "input size 53 is not legal at depth 2; the nearest legal: 52 or 56"),
        (["CELLS", "--tile", "84"], "--tile 84 is larger than the image, 68x72; the largest legal: 68"),
        (["CELLS", "--page", "3"], "legal: 0 to 0"),
        (["CELLS", "--labels", "SMALL"], "expected one size"),
        (
            ["CELLS", "--labels", "CLASSES", "--run", "NET"],
            "the labels go up to 2; expected the network's classes 0..1",
        ),
        (["CELLS", "--run", "NET", "--depth", "2"], "--depth cannot be used here: the trained network has its own"),
        (["SAVED", "--seed", "3"], "--seed cannot be used here: a saved step has its own"),
        (["--page", "0"], "--page cannot be used here: it belongs to an image, and none was given"),
        (["CELLS", "--seed", "-1"], "--seed is -1, expected a whole number of at least 0"),
        (["CELLS", "--save", "new.x", "--html", "new.x"], "--save and --html would both write new.x"),
        (["CELLS", "--run", "nowhere"], "nowhere does not exist"),
        (["CELLS", "--base", "0"], "base is 0"),
        (["--labels", "CLASSES"], "--labels cannot be used here: it belongs to an image"),
        (["NET"], "is no whole recorded step"),
        (["CELLS", "--save", "TAKEN"], "exists already; give --force"),
        (["CELLS", "--html", "TAKEN"], "exists already; give --force"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(cells, capsys, arguments, message):
    write_tiff(cells / "small.tif", np.zeros((8, 8), np.uint8))
    (cells / "taken.npz").write_text("taken")
    write_tiff(cells / "odd.tif", np.zeros((69, 72), np.uint8))
    mu.UNet(base=2, depth=2).save(cells / "net.npz")
    saved(cells).save(cells / "saved.npz")
    capsys.readouterr()
    files = ("cells.tif", "small.tif", "odd.tif", "classes.tif", "taken.npz", "net.npz", "saved.npz")
    names = {name.split(".")[0].upper(): name for name in files}
    assert step(*(cells / names[word] if word in names else word for word in arguments)) == 2
    error = capsys.readouterr().err.splitlines()
    assert message in error[-1]
    assert error[-1].startswith("minunet step: ")
    assert (cells / "taken.npz").read_text() == "taken"
