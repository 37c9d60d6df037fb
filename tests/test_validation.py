"""What validation measures, and what it is measured on."""

import numpy as np
import pytest
from strategies import exactly

import minunet as mu
from minunet.data import Dataset, Sample
from minunet.validation import class_figures, figures, hold_out, mean_figures, object_figures, validate


def dataset(count=5, kind="instances", height=13, width=22):
    """Images of noise, each with its number in the first pixel, and labels of one object or three classes."""
    rng = np.random.default_rng(0)
    samples = []
    for number in range(count):
        image = rng.standard_normal((1, height, width)).astype(np.float32)
        image[0, 0, 0] = number
        labels = np.zeros((height, width), np.int32)
        labels[2:9, 3 : 9 + number] = 1
        labels[10:, 12:] = 2
        samples.append(Sample(f"s{number}", image, labels))
    return Dataset(samples, kind, 3 if kind == "classes" else 2, 1, "a note")


def names(data):
    return [sample.name for sample in data.samples]


# What is held out


@pytest.mark.parametrize(
    ("count", "fraction", "held"), [(5, 0.2, 1), (5, 0.4, 2), (25, 0.2, 5), (7, 0.5, 4), (6, 0.6, 4)]
)
def test_the_last_images_are_held_out(count, fraction, held):
    data = dataset(count)
    train, validation = hold_out(data, fraction)
    assert names(train) == names(data)[:-held]
    assert names(validation) == names(data)[-held:]
    for part in (train, validation):
        assert (part.kind, part.classes, part.channels, part.note) == (data.kind, 2, 1, "a note")


def test_however_small_the_fraction_one_image_is_held_out_and_however_large_one_is_left():
    assert names(hold_out(dataset(4), 0.01)[1]) == ["s3"]
    assert names(hold_out(dataset(4), 0.99)[0]) == ["s0"]


def test_of_a_single_image_the_right_part_is_held_out():
    data = dataset(1)
    train, validation = hold_out(data, 0.25)
    (left,), (right,), (whole,) = train.samples, validation.samples, data.samples
    assert (left.name, right.name) == ("s0-left", "s0-right")
    assert left.labels.shape == (13, 16)
    assert right.labels.shape == (13, 6)  # 22 / 4 = 5.5, rounded to even
    np.testing.assert_array_equal(np.concatenate([left.image, right.image], axis=2), whole.image)
    np.testing.assert_array_equal(np.concatenate([left.labels, right.labels], axis=1), whole.labels)


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_of_a_single_image_a_column_at_least_is_on_either_side(fraction):
    train, validation = hold_out(dataset(1), fraction)
    assert sorted(part.samples[0].labels.shape[1] for part in (train, validation)) == [1, 21]


def test_an_image_one_pixel_wide_cannot_be_divided():
    with pytest.raises(ValueError, match="s0 is 1 pixel wide"):
        hold_out(dataset(1, width=1), 0.2)


def test_a_fraction_of_zero_holds_out_nothing():
    data = dataset(1)
    assert hold_out(data, 0) == (data, None)


@pytest.mark.parametrize("fraction", [-0.1, 1, 20, float("nan")])
def test_a_fraction_that_leaves_nothing_is_refused(fraction):
    message = f"validation is {fraction}, expected a fraction of the images, 0 <= fraction < 1"
    with pytest.raises(ValueError, match=exactly(message)):
        hold_out(dataset(), fraction)


# Figures


def test_figures_of_objects_are_of_components_of_at_least_10_pixels():
    sample = dataset(1).samples[0]  # objects of 7 x 6 and 3 x 10 pixels
    predicted = (sample.labels > 0).astype(int)
    assert figures(predicted, sample, "instances") == {"pixel_error": 0, "iou": 1, "seg": 1, "found": 2, "true": 2}
    assert sample.labels[10, 12] == 2
    predicted[sample.labels == 2] = 0
    predicted[10, 12:21] = 1  # 9 left of 30
    found = figures(predicted, sample, "mask")
    assert found == {"pixel_error": 21 / 286, "iou": 51 / 72, "seg": 1 / 2, "found": 1, "true": 2}


def test_figures_of_classes_are_the_mean_over_the_classes_above_the_background():
    truth = np.array([[0, 1, 1, 2, 2, 2]])
    predicted = np.array([[0, 1, 2, 2, 2, 0]])
    assert class_figures(predicted, truth) == {"pixel_error": 2 / 6, "iou": pytest.approx((1 / 2 + 2 / 4) / 2)}
    sample = Sample("s", np.zeros((1, 1, 6), np.float32), truth)
    assert figures(predicted, sample, "classes") == class_figures(predicted, truth)


def test_a_class_that_is_in_one_map_only_counts_zero_and_one_in_neither_does_not_count():
    assert class_figures(np.array([[0, 3, 5]]), np.array([[0, 3, 3]]))["iou"] == pytest.approx((1 / 2 + 0) / 2)


def test_background_alone_is_perfect():
    empty = np.zeros((3, 4), int)
    assert class_figures(empty, empty) == {"pixel_error": 0, "iou": 1}
    found = object_figures(empty > 0, empty, empty)
    assert found == {"pixel_error": 0, "iou": 1, "seg": 1, "found": 0, "true": 0}


def test_the_mean_adds_up_objects_and_averages_the_rest():
    rows = [
        {"pixel_error": 0.1, "iou": 0.5, "seg": 0.25, "found": 3, "true": 4},
        {"pixel_error": 0.3, "iou": 1.0, "seg": 0.75, "found": 5, "true": 5},
    ]
    wanted = {"pixel_error": pytest.approx(0.2), "iou": 0.75, "seg": 0.5, "found": 8, "true": 9}
    assert mean_figures(rows) == wanted


@pytest.mark.parametrize("kind", ["instances", "classes"])
def test_validate_is_the_mean_of_the_figures_of_each_prediction(kind):
    data = dataset(3, kind)
    net = mu.UNet(1, data.classes, base=2, depth=1, seed=2)
    rows = [figures(mu.predict(net, sample.image).argmax(axis=0), sample, kind) for sample in data.samples]
    assert len({row["iou"] for row in rows}) == 3  # each differs
    assert validate(net, data) == mean_figures(rows)
