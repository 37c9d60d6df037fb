"""``minunet evaluate``: the right figures, in a table or as JSON, or one line that says why not."""

import json
import os
import re

import numpy as np
import pytest
import tifffile
from PIL import Image

import minunet as mu
import minunet.figures
from minunet.cli import main
from minunet.data import read_dataset, touching_cells
from minunet.evaluation import THRESHOLDS, best_thresholds, further_figures
from minunet.metrics import SMALLEST_OBJECT, count, instances, seg
from minunet.objects import watershed
from minunet.validation import figures, mean_figures

MASK_NOTE = (
    "labels: mask (values 0, 255 in 2 images; foreground is 255, each connected part of it one object). "
    "Override with --labels instances|classes."
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a network, three images and their labels, and two stacks of labels."""
    monkeypatch.chdir(tmp_path)
    net = mu.UNet(base=2, depth=1, seed=1)
    net.normalization = (60.0, 30.0)
    net.save("net.npz")
    os.makedirs("data/images")
    os.makedirs("data/labels")
    for number in range(3):
        sample = touching_cells((60 + number, 75), count=6, seed=number)
        Image.fromarray(sample.image[0].astype(np.uint8)).save(f"data/images/{number}.png")
        tifffile.imwrite(f"data/labels/{number}.tif", sample.labels.astype(np.uint16))
    truth = np.stack([touching_cells((60, 75), count=6, seed=seed).labels for seed in (3, 4)]).astype(np.uint16)
    predicted = truth.copy()
    predicted[:, :20] = 0
    tifffile.imwrite("truth.tif", truth)
    tifffile.imwrite("pred.tif", predicted)
    return tmp_path


def evaluate(*arguments):
    return main(["evaluate", *arguments])


def as_json(capsys):
    return json.loads(capsys.readouterr().out)


def complaint(capsys):
    """The one line on stderr of a command that failed, and nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    start = "minunet evaluate: "
    assert line.startswith(start)
    return line.removeprefix(start)


# A network


@pytest.mark.parametrize("options", [[], ["--average"], ["--tile", "24"]])
def test_a_network_is_measured_on_every_image_and_in_the_mean(folder, capsys, options):
    assert evaluate("--weights", "net.npz", "--data", "data", "--json", *options) == 0
    found = as_json(capsys)
    net, data = mu.load("net.npz"), read_dataset("data")
    wanted = {}
    for sample in data.samples:
        classes = mu.predict(net, sample.image, average=bool(options == ["--average"])).argmax(axis=0)
        objects = instances(classes > 0, SMALLEST_OBJECT)
        further = further_figures(classes > 0, objects, sample.labels, data.kind)
        pixels = figures(classes, sample, data.kind)
        wanted[sample.name] = pixels | {"iou_at_threshold": pixels["iou"]} | further
    assert found == {"images": wanted, "mean": mean_figures([*wanted.values()]), "threshold": 0.5}
    assert 0 < found["mean"]["iou"] < 1


def test_the_table_has_a_line_for_each_image_and_one_for_the_mean(folder, capsys):
    assert evaluate("--weights", "net.npz", "--data", "data") == 0
    out, err = capsys.readouterr()
    head, rule, *rows, mean, blank, last = out.splitlines()
    assert (blank, last) == (
        "",
        "pixel error and IoU at threshold 0.5, all else at 0.5, which is stored with the weights",
    )
    of_pixels = ["pixel error", "IoU", "IoU at threshold"]
    assert re.split("  +", head.strip()) == [*of_pixels, "SEG", "AP", "merged", "split", "found / true"]
    assert set(rule) == {"-", " "}
    assert [row.split()[0] for row in rows] == ["0", "1", "2"]
    assert mean.startswith("mean of 3 (objects: sum)  ")
    assert mean.endswith("/ 18")
    assert len({len(line) for line in (head, rule, *rows, mean)}) == 1  # the columns line up
    assert err == "labels: instances (18 objects in 3 images; each value is one object). Override with --labels " + (
        "classes|mask.\n"
    )


def test_a_network_of_other_channels_or_classes_does_not_fit_the_data(folder, capsys):
    mu.UNet(3, 2, base=2, depth=1).save("net.npz")
    assert evaluate("--weights", "net.npz", "--data", "data") == 2
    assert complaint(capsys) == "data is of 1-channel images and 2 classes, the network for 3 and 2; expected the same"


def with_masks(folder):
    """The three images, with masks for labels."""
    for path in sorted((folder / "data" / "labels").iterdir()):
        tifffile.imwrite(path, ((tifffile.imread(path) > 0) * 255).astype(np.uint8))


def test_on_masks_a_network_is_measured_as_the_challenge_does(folder, capsys):
    with_masks(folder)
    assert evaluate("--weights", "net.npz", "--data", "data", "--json") == 0
    best = as_json(capsys)["best"]
    net, data = mu.load("net.npz"), read_dataset("data")
    probabilities = [1 - mu.predict(net, sample.image)[0] for sample in data.samples]
    wanted = best_thresholds(probabilities, [sample.labels for sample in data.samples])
    assert best == {name: {"score": score, "threshold": threshold} for name, (score, threshold) in wanted.items()}
    assert {value["threshold"] for value in best.values()} <= set(THRESHOLDS)


def test_on_masks_the_table_has_the_challenges_columns_and_a_line_below(folder, capsys):
    with_masks(folder)
    assert evaluate("--weights", "net.npz", "--data", "data") == 0
    head, *_, blank, _, last = capsys.readouterr().out.splitlines()
    of_pixels, of_borders = ["pixel error", "IoU", "IoU at threshold"], ["Rand error", "warping error"]
    assert re.split("  +", head.strip()) == [*of_pixels, "SEG", "V_rand", "V_info", *of_borders, "found / true"]
    assert blank == ""
    scores = ", ".join(rf"{name} \d\.\d{{3}} at 0\.\d+" for name in ("V_rand", "V_info", "pixel error"))
    assert re.fullmatch(f"each at its best threshold: {scores}", last)


@pytest.mark.parametrize(
    "source", [["--weights", "net.npz", "--data", "data"], ["--pred", "pred.tif", "--truth", "truth.tif"]]
)
def test_the_worst_images_mistakes_are_drawn(folder, capsys, monkeypatch, source):
    drawn = []
    monkeypatch.setattr(mu.figures, "draw_mistakes", lambda *given: drawn.append(given))
    assert evaluate(*source, "--picture", "mistakes.png", "--json") == 0
    rows = as_json(capsys)["images"]
    worst = min(rows, key=lambda name: rows[name]["seg"])
    ((objects, truth, path, title),) = drawn
    assert path == "mistakes.png"
    assert title == f"{worst}: the worst of {len(rows)} by SEG, {rows[worst]['seg']:.3f}"
    assert seg(objects, truth) == rows[worst]["seg"]


def test_objects_are_found_at_the_threshold_stored_with_the_weights(folder, capsys):
    net, data = mu.load("net.npz"), read_dataset("data")
    net.threshold = 0.35
    net.save("low.npz")
    assert evaluate("--weights", "low.npz", "--data", "data", "--json") == 0
    found = as_json(capsys)
    assert found["threshold"] == 0.35
    for sample in data.samples:
        probabilities = mu.predict(net, sample.image)
        row = found["images"][sample.name]
        assert row["pixel_error"] == figures(probabilities.argmax(axis=0), sample, data.kind)["pixel_error"]
        assert row["seg"] == seg(instances(probabilities[1] > 0.35, SMALLEST_OBJECT), sample.labels)


def test_objects_may_be_told_apart_by_a_watershed(folder, capsys):
    assert evaluate("--weights", "net.npz", "--data", "data", "--method", "watershed", "--json") == 0
    rows = as_json(capsys)["images"]
    net, data = mu.load("net.npz"), read_dataset("data")
    for sample in data.samples:
        probabilities = mu.predict(net, sample.image)
        objects = watershed(probabilities.argmax(axis=0) > 0, 1 - probabilities[0])
        assert rows[sample.name]["seg"] == seg(objects, sample.labels)
        assert rows[sample.name]["found"] == count(objects)


def test_a_picture_is_not_overwritten_without_force(folder, capsys):
    arguments = ["--pred", "pred.tif", "--truth", "truth.tif", "--picture", "mistakes.png"]
    assert evaluate(*arguments) == 0
    before = (folder / "mistakes.png").read_bytes()
    capsys.readouterr()
    assert evaluate(*arguments) == 2
    assert complaint(capsys).startswith("mistakes.png exists already; give --force")
    assert evaluate(*arguments, "--force") == 0
    assert (folder / "mistakes.png").read_bytes() == before


@pytest.mark.parametrize("picture", ["no/such/folder.png", "mistakes.xyz", "mistakes"])
def test_a_picture_that_cannot_be_written_is_refused_before_anything_is_computed(folder, capsys, picture):
    assert evaluate("--weights", "missing", "--data", "missing", "--picture", picture) == 2
    wanted = f"--picture is {picture}, expected a file NAME.png in a folder that exists"
    assert complaint(capsys) == wanted


@pytest.mark.parametrize("options", [["--average"], ["--tile", "24"], ["--method", "watershed"]])
def test_options_of_a_network_are_refused_for_files(folder, capsys, options):
    assert evaluate("--pred", "pred.tif", "--truth", "truth.tif", *options) == 2
    assert complaint(capsys).startswith("--average, --tile and --method are for a network")


def test_a_picture_of_mistakes_in_classes_is_refused(folder, capsys):
    assert evaluate("--pred", "pred.tif", "--truth", "truth.tif", "--labels", "classes", "--picture", "a.png") == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "minunet evaluate: --picture shows mistakes in objects, and these labels are classes; leave it out"
    )
    assert not (folder / "a.png").exists()


# Two files


def test_two_stacks_of_instances_are_compared_page_by_page(folder, capsys):
    assert evaluate("--pred", "pred.tif", "--truth", "truth.tif", "--json") == 0
    found = as_json(capsys)
    predicted, truth = tifffile.imread("pred.tif"), tifffile.imread("truth.tif")
    assert list(found["images"]) == ["page 0", "page 1"]
    for page, row in enumerate(found["images"].values()):
        assert row["seg"] == seg(predicted[page], truth[page])
        assert (row["found"], row["true"]) == (count(predicted[page]), 6)
        assert row["pixel_error"] == np.mean((predicted[page] > 0) != (truth[page] > 0))
    assert found["mean"] == mean_figures([*found["images"].values()])
    assert found["mean"]["true"] == 12


def test_two_single_images_make_one_line_named_after_the_first(folder, capsys):
    for name in ("pred", "truth"):
        tifffile.imwrite(f"{name}1.tif", tifffile.imread(f"{name}.tif")[0])
    assert evaluate("--pred", "pred1.tif", "--truth", "truth1.tif") == 0
    head, rule, row = capsys.readouterr().out.splitlines()
    assert row.startswith("pred1.tif  ")
    assert len(head) == len(rule) == len(row)


def test_the_same_file_twice_is_perfect(folder, capsys):
    assert evaluate("--pred", "truth.tif", "--truth", "truth.tif", "--json") == 0
    perfect = {"pixel_error": 0, "iou": 1, "seg": 1, "found": 12, "true": 12, "ap": 1, "merged": 0, "split": 0}
    assert as_json(capsys)["mean"] == perfect


def test_how_the_truth_is_understood_is_said_in_one_line(folder, capsys):
    tifffile.imwrite("mask.tif", ((tifffile.imread("truth.tif") > 0) * 255).astype(np.uint8))
    assert evaluate("--pred", "mask.tif", "--truth", "mask.tif") == 0
    assert capsys.readouterr().err.splitlines() == [MASK_NOTE]


def test_what_the_truth_is_can_be_said(folder, capsys):
    assert evaluate("--pred", "truth.tif", "--truth", "truth.tif", "--labels", "classes", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["mean"] == {"pixel_error": 0, "iou": 1}
    assert err.startswith("labels: classes (values 0, 1, 2, ..., 6 in 2 images; each value is one class).")


def test_a_table_of_classes_has_no_column_for_objects(folder, capsys):
    assert evaluate("--pred", "pred.tif", "--truth", "truth.tif", "--labels", "classes") == 0
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["pixel", "error", "IoU"]
    assert [len(line) for line in rows] == [len(rule)] * 3


def test_files_of_different_sizes_are_refused(folder, capsys):
    tifffile.imwrite("other.tif", np.zeros((60, 74), np.uint8))
    assert evaluate("--pred", "other.tif", "--truth", "truth.tif") == 2
    assert complaint(capsys) == "other.tif is 1 page of 60x74, truth.tif is 2 pages of 60x75; expected the same"


def test_a_file_that_is_missing_is_named(folder, capsys):
    assert evaluate("--pred", "missing.tif", "--truth", "truth.tif") == 2
    assert complaint(capsys) == "missing.tif: No such file or directory"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--weights", "net.npz"],
        ["--data", "data"],
        ["--pred", "pred.tif"],
        ["--truth", "truth.tif"],
        ["--weights", "net.npz", "--truth", "truth.tif"],
        ["--weights", "net.npz", "--data", "data", "--pred", "pred.tif"],
        ["--pred", "pred.tif", "--truth", "truth.tif", "--data", "data"],
    ],
    ids=" ".join,
)
def test_arguments_that_do_not_go_together_are_refused(folder, capsys, arguments):
    assert evaluate(*arguments) == 2
    assert complaint(capsys) == "expected either --weights and --data, or --pred and --truth"
