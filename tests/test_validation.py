"""What validation measures, and what it is measured on."""

import numpy as np
import pytest
from strategies import exactly

import minunet as mu
from minunet.data import Dataset, Sample
from minunet.metrics import (
    average_precision,
    instances,
    iou,
    pixel_error,
    rand_error,
    seg,
    segments,
    v_info,
    v_rand,
    warping_error,
)
from minunet.validation import (
    THRESHOLDS,
    best_thresholds,
    class_figures,
    compare,
    figures,
    further_figures,
    hold_out,
    mean_figures,
    object_figures,
    validate,
)


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


def test_figures_of_objects_are_of_components_of_at_least_30_pixels():
    sample = dataset(1).samples[0]  # objects of 7 x 6 and 3 x 10 pixels
    predicted = (sample.labels > 0).astype(int)
    assert figures(predicted, sample, "instances") == {"pixel_error": 0, "iou": 1, "seg": 1, "found": 2, "true": 2}
    predicted[10, 12] = 0  # 29 left
    found = figures(predicted, sample, "mask")
    assert found == {"pixel_error": 1 / 286, "iou": 71 / 72, "seg": 1 / 2, "found": 1, "true": 2}


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


# Comparing files


def two_pages():
    """Two pages of numbered objects, some touching, and each a little wrong."""
    truth = np.stack(
        [np.kron([[1, 2, 0], [0, 3, 3]], np.ones((6, 7), int)), np.kron([[0, 1, 1], [2, 0, 3]], np.ones((6, 7), int))]
    )
    predicted = truth.copy()
    predicted[0, :3, :7] = 0
    predicted[1, :, :2] = 0
    return predicted, truth


def test_numbered_objects_are_compared_as_they_are():
    predicted, truth = two_pages()
    rows = compare(predicted, truth)
    assert [row["seg"] for row in rows] == [seg(predicted[0], truth[0]), seg(predicted[1], truth[1])]
    assert [row["seg"] for row in rows] == [pytest.approx((0 + 1 + 1) / 3), pytest.approx((1 + 5 / 7 + 1) / 3)]
    assert [(row["found"], row["true"]) for row in rows] == [(3, 3), (3, 3)]
    assert [row["iou"] for row in rows] == [iou(predicted[0], truth[0]), iou(predicted[1], truth[1])]


@pytest.mark.parametrize(("background", "foreground"), [(0, 1), (0, 255), (1, 2)])
def test_a_predicted_masks_objects_are_its_parts(background, foreground):
    predicted, truth = two_pages()
    rows = compare(np.where(predicted > 0, foreground, background), truth)
    assert [row["iou"] for row in rows] == [row["iou"] for row in compare(predicted, truth)]
    assert [row["found"] for row in rows] == [1, 2]  # on the first page all three touch
    assert rows[0]["seg"] < compare(predicted, truth)[0]["seg"]


def test_a_true_masks_objects_are_its_parts_too():
    predicted, truth = two_pages()
    rows = compare(predicted, np.where(truth > 0, 255, 0))
    assert [row["true"] for row in rows] == [1, 2]


def test_a_masks_specks_are_no_objects():
    truth = np.kron([[1, 0, 2]], np.ones((6, 7), int))
    mask = (truth > 0).astype(int)
    mask[3, 10] = 1
    assert compare(mask[None], truth[None])[0]["found"] == 2


def test_classes_are_compared_as_classes():
    predicted, truth = two_pages()
    assert compare(predicted, truth, "classes") == [
        class_figures(*pages) for pages in zip(predicted, truth, strict=True)
    ]


# beyond what training logs


def test_further_figures_of_instances_are_of_objects():
    predicted, truth = (pages[1] for pages in two_pages())
    merged = (truth > 0).astype(int)
    assert further_figures(merged > 0, merged, truth, "instances") == {
        "ap": average_precision(merged, truth)[0],
        "merged": 3,
        "split": 0,
    }
    assert further_figures(predicted > 0, predicted, truth, "instances")["ap"] == average_precision(predicted, truth)[0]


def test_further_figures_of_a_mask_are_the_challenges_and_thin_its_borders_for_the_first_two():
    rng = np.random.default_rng(0)
    foreground, truth = rng.random((20, 23)) < 0.7, instances(rng.random((20, 23)) < 0.7)
    assert further_figures(foreground, instances(foreground, 30), truth, "mask") == {
        "v_rand": v_rand(segments(foreground), truth),
        "v_info": v_info(segments(foreground), truth),
        "rand_error": rand_error(foreground, truth),
        "warping_error": warping_error(foreground, truth),
    }


def test_the_best_threshold_is_the_same_for_all_images_and_one_for_each_score():
    rng = np.random.default_rng(1)
    probabilities = [rng.random((18, 21)) for _ in range(3)]
    truths = [instances(rng.random((18, 21)) < 0.6) for _ in range(3)]
    best = best_thresholds(probabilities, truths)
    scores = {
        "v_rand": lambda p, t, truth: v_rand(segments(p > t), truth),
        "v_info": lambda p, t, truth: v_info(segments(p > t), truth),
        "pixel_error": lambda p, t, truth: -pixel_error(p > t, truth > 0),
    }
    for name, score in scores.items():
        means = {t: np.mean([score(p, t, x) for p, x in zip(probabilities, truths, strict=True)]) for t in THRESHOLDS}
        value, threshold = best[name]
        assert threshold == max(means, key=means.get)
        assert value == pytest.approx(abs(means[threshold]))
