"""Both layouts of a folder are read; what is wrong with one is said in one line that names it."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from minunet.data import read_dataset, suspicious

SHARED = Path(__file__).parents[3] / "shared" / "data"
HEIGHT, WIDTH = 12, 19


def grey(seed=0, height=HEIGHT, width=WIDTH):
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def cells(height=HEIGHT, width=WIDTH):
    labels = np.zeros((height, width), np.uint8)
    labels[1:5, 2:6] = 1
    labels[5:9, 2:6] = 2
    labels[2:7, 9:13] = 3
    return labels


@pytest.fixture
def folder(tmp_path):
    """Three images with instances, as PNG with labels as TIFF."""
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for number, name in enumerate("bac"):
        Image.fromarray(grey(number)).save(tmp_path / "images" / f"{name}.png")
        tifffile.imwrite(tmp_path / "labels" / f"{name}.tif", cells())
    return tmp_path


def relabel(folder, labels):
    for file in (folder / "labels").iterdir():
        tifffile.imwrite(file, labels)


# what is read


def test_images_and_labels_are_matched_by_name_and_sorted(folder):
    dataset = read_dataset(folder)
    assert [sample.name for sample in dataset.samples] == ["a", "b", "c"]
    for sample, seed in zip(dataset.samples, (1, 0, 2), strict=True):
        assert sample.image.dtype == np.float32
        assert sample.labels.dtype == np.int32
        np.testing.assert_array_equal(sample.image, grey(seed)[np.newaxis])
        np.testing.assert_array_equal(sample.labels, cells())
    assert (dataset.kind, dataset.classes, dataset.channels) == ("instances", 2, 1)
    assert dataset.note.startswith("labels: instances (9 objects in 3 images")


def test_a_path_may_be_a_string(folder):
    assert len(read_dataset(str(folder)).samples) == 3


def test_images_may_differ_in_size(folder):
    Image.fromarray(grey(height=20, width=31)).save(folder / "images" / "a.png")
    tifffile.imwrite(folder / "labels" / "a.tif", cells(20, 31))
    assert [sample.labels.shape for sample in read_dataset(folder).samples] == [(20, 31), (12, 19), (12, 19)]


def test_a_mask_becomes_instances(folder):
    relabel(folder, 255 * (cells() > 0).astype(np.uint8))
    dataset = read_dataset(folder)
    assert (dataset.kind, dataset.classes) == ("mask", 2)
    np.testing.assert_array_equal(dataset.samples[0].labels, np.array([0, 1, 1, 2])[cells()])


def test_class_labels_are_taken_as_they_are(folder):
    labels = grey() % 3
    relabel(folder, labels)
    dataset = read_dataset(folder)
    assert (dataset.kind, dataset.classes) == ("classes", 3)
    np.testing.assert_array_equal(dataset.samples[2].labels, labels)


def test_the_user_overrides_what_is_recognised(folder):
    assert read_dataset(folder, labels="classes").classes == 4
    dataset = read_dataset(folder, labels="mask")
    assert dataset.note.startswith("labels: mask (values 0, 1, 2, 3 in 3 images; foreground is above 0")
    assert dataset.samples[0].labels.max() == 2  # 1 and 2 touch


def test_more_than_two_classes_imply_class_labels(folder):
    dataset = read_dataset(folder, classes=5)
    assert (dataset.kind, dataset.classes) == ("classes", 5)
    assert read_dataset(folder, classes=2).kind == "instances"


def test_the_challenge_stacks_become_slices(tmp_path):
    volume = np.stack([grey(page) for page in range(6)])
    cell = np.stack([255 * (cells() > 0)] * 6).astype(np.uint8)
    tifffile.imwrite(tmp_path / "train-volume.tif", volume)
    tifffile.imwrite(tmp_path / "train-labels.tif", cell)
    dataset = read_dataset(tmp_path)
    assert [sample.name for sample in dataset.samples] == [f"slice0{page}" for page in range(6)]
    assert (dataset.kind, dataset.classes, dataset.channels) == ("mask", 2, 1)
    np.testing.assert_array_equal(dataset.samples[4].image, volume[4:5])
    np.testing.assert_array_equal(dataset.samples[4].labels > 0, cell[4] > 0)


def test_hidden_files_and_folders_are_no_data(folder):
    for name in (".DS_Store", "._a.png", "Thumbs.db", "desktop.ini"):
        (folder / "images" / name).write_bytes(b"junk")
        (folder / "labels" / name).write_bytes(b"junk")
    (folder / "images" / "thumbnails").mkdir()
    assert len(read_dataset(folder).samples) == 3


# what is refused


def test_images_without_labels_are_named(folder):
    (folder / "labels" / "b.tif").unlink()
    with pytest.raises(ValueError, match=r"1 image has no labels: b$"):
        read_dataset(folder)
    for name in ("a.tif", "c.tif"):
        (folder / "labels" / name).unlink()
    with pytest.raises(ValueError, match=r"3 images have no labels: a, b, c$"):
        read_dataset(folder)
    Image.fromarray(grey()).save(folder / "images" / "d.png")
    with pytest.raises(ValueError, match=r"4 images have no labels: a, b, c, \.\.\.$"):
        read_dataset(folder)


def test_labels_without_images_are_named(folder):
    for name in "ac":
        (folder / "images" / f"{name}.png").unlink()
    with pytest.raises(ValueError, match=r"2 label maps have no image: a, c$"):
        read_dataset(folder)


def test_two_files_of_one_name_are_refused(folder):
    tifffile.imwrite(folder / "images" / "a.tif", grey())
    with pytest.raises(ValueError, match=r"images: a\.png and a\.tif have one name; keep one"):
        read_dataset(folder)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="neither the folders images/ and labels/ nor the stacks train-volume"):
        read_dataset(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    with pytest.raises(ValueError, match="the folder is empty; expected images"):
        read_dataset(tmp_path)


def test_a_folder_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError, match="absent: no such folder"):
        read_dataset(tmp_path / "absent")


def test_labels_of_another_size_are_refused_with_both_sizes(folder):
    tifffile.imwrite(folder / "labels" / "b.tif", cells(14, 20))
    with pytest.raises(ValueError, match=r"^b: the image is 12 x 19 \(height x width\) but its labels are 14 x 20$"):
        read_dataset(folder)


def test_grey_and_colour_do_not_mix(folder):
    Image.fromarray(np.stack([grey()] * 3, axis=-1)).save(folder / "images" / "b.png")
    with pytest.raises(ValueError, match="the number of channels is 1 in a but 3 in b; make all grey"):
        read_dataset(folder)


def test_stacks_of_different_lengths_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "train-volume.tif", np.stack([grey()] * 6))
    tifffile.imwrite(tmp_path / "train-labels.tif", np.stack([grey()] * 5))
    with pytest.raises(ValueError, match=r"train-volume\.tif has 6 pages but train-labels\.tif has 5"):
        read_dataset(tmp_path)


def test_classes_beyond_those_named_are_refused(folder):
    with pytest.raises(ValueError, match=r"^a: the labels have the value 3; 3 classes allow 0 to 2$"):
        read_dataset(folder, classes=3)


def test_instances_are_not_three_classes(folder):
    with pytest.raises(ValueError, match="instances labels make 2 classes; found 3"):
        read_dataset(folder, labels="instances", classes=3)


@pytest.mark.parametrize(("options", "message"), [({"labels": "cells"}, "'cells'"), ({"classes": 1}, "found 1")])
def test_options_that_mean_nothing_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        read_dataset(folder, **options)


def test_a_damaged_image_is_named(folder):
    (folder / "images" / "b.png").write_bytes((folder / "images" / "b.png").read_bytes()[:60])
    with pytest.raises(ValueError, match=r"b\.png: the image is damaged or cut short"):
        read_dataset(folder)


# what is said


def test_a_good_dataset_raises_no_suspicion(folder):
    assert suspicious(read_dataset(folder)) == []


def test_images_of_one_value_are_suspicious(folder):
    Image.fromarray(np.full((HEIGHT, WIDTH), 7, np.uint8)).save(folder / "images" / "b.png")
    assert suspicious(read_dataset(folder)) == ["1 image is all of one value: b"]


@pytest.mark.parametrize("kind", ["mask", "classes", "instances"])
def test_empty_labels_are_suspicious(folder, kind):
    relabel(folder, np.zeros((HEIGHT, WIDTH), np.uint8))
    (warning,) = suspicious(read_dataset(folder, labels=kind))
    assert warning.startswith("every label map is empty")


def test_full_labels_are_suspicious(folder):
    relabel(folder, np.full((HEIGHT, WIDTH), 255, np.uint8))
    (warning,) = suspicious(read_dataset(folder))
    assert warning.startswith("the foreground fills every label map")


def test_a_class_that_never_occurs_is_suspicious(folder):
    relabel(folder, np.array([0, 1, 3], np.uint8)[grey() % 3])
    assert suspicious(read_dataset(folder)) == ["class 2 never occurs in the labels: the network cannot learn it"]


# real data


@pytest.mark.skipif(not (SHARED / "isbi2012").is_dir(), reason="the ISBI 2012 stacks are not on this machine")
def test_the_isbi_challenge():
    dataset = read_dataset(SHARED / "isbi2012")
    assert (dataset.kind, dataset.classes, dataset.channels) == ("mask", 2, 1)
    assert len(dataset.samples) == 25
    assert "values 0, 255 in 25 images; foreground is 255" in dataset.note
    assert {sample.image.shape for sample in dataset.samples} == {(1, 512, 512)}
    assert suspicious(dataset) == []


@pytest.mark.skipif(not (SHARED / "dsb2018").is_dir(), reason="the nuclei of DSB 2018 are not on this machine")
def test_the_data_science_bowl():
    dataset = read_dataset(SHARED / "dsb2018")
    assert (dataset.kind, dataset.classes, dataset.channels) == ("instances", 2, 1)
    assert dataset.note == (
        "labels: instances (3,589 objects in 120 images; each value is one object). "
        "Override with --labels classes|mask."
    )
    assert suspicious(dataset) == []
