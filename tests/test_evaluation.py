"""All figures of a segmentation, of a network's and of a file's."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

import minunet as mu
from minunet.data import Dataset, Sample
from minunet.evaluation import THRESHOLDS, best_thresholds, choose_threshold, compare, evaluate, further_figures
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
from minunet.objects import find_objects, watershed
from minunet.validation import class_figures, object_figures

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


# a network


@pytest.mark.parametrize("kind", ["instances", "mask", "classes"])
def test_a_networks_evaluation_has_what_its_labels_allow(kind):
    rng = np.random.default_rng(0)
    samples = [
        Sample(f"s{k}", rng.standard_normal((1, 30, 34)).astype(np.float32), instances(rng.random((30, 34)) < 0.6))
        for k in range(2)
    ]
    if kind == "classes":
        samples = [replace(sample, labels=np.minimum(sample.labels, 1)) for sample in samples]
    net, seen = mu.UNet(base=2, depth=1, seed=1), []
    found = evaluate(net, Dataset(samples, kind, 2, 1, ""), "watershed", done=lambda: seen.append(True))
    assert len(seen) == 2
    probabilities = [mu.predict(net, sample.image) for sample in samples]
    if kind == "classes":
        assert (found.best, found.objects) == ({}, {})
        for sample, probability in zip(samples, probabilities, strict=True):
            assert found.rows[sample.name] == class_figures(probability.argmax(axis=0), sample.labels)
        return
    for sample, probability in zip(samples, probabilities, strict=True):
        foreground = probability.argmax(axis=0) > 0
        objects = watershed(foreground, 1 - probability[0])
        np.testing.assert_array_equal(found.objects[sample.name][0], objects)
        wanted = object_figures(foreground, objects, sample.labels)
        wanted["iou_at_threshold"] = wanted["iou"]  # the threshold is 0.5
        assert found.rows[sample.name] == wanted | further_figures(foreground, objects, sample.labels, kind)
    if kind == "mask":
        truths = [sample.labels for sample in samples]
        assert found.best == best_thresholds([1 - probability[0] for probability in probabilities], truths)
    else:
        assert found.best == {}


def test_objects_are_found_at_the_networks_threshold_and_pixels_counted_at_one_half():
    rng = np.random.default_rng(2)
    sample = Sample("s", rng.standard_normal((1, 30, 34)).astype(np.float32), instances(rng.random((30, 34)) < 0.6))
    net = mu.UNet(base=2, depth=1, seed=1)
    probabilities = mu.predict(net, sample.image)
    net.threshold = float(np.quantile(probabilities[1], 0.6))
    row = evaluate(net, Dataset([sample], "mask", 2, 1, "")).rows["s"]
    foreground = probabilities[1] > net.threshold
    assert row["v_rand"] == v_rand(segments(foreground), sample.labels)
    assert row["seg"] == seg(find_objects(foreground, probabilities[1], "components"), sample.labels)
    assert row["pixel_error"] == pixel_error(probabilities[1] > 0.5, sample.labels > 0) != np.mean(foreground)
    assert row["iou"] == iou(probabilities[1] > 0.5, sample.labels > 0)
    assert row["iou_at_threshold"] == iou(foreground, sample.labels > 0) != row["iou"]


# The threshold that is stored


def noisy_blobs(seed, shape=(36, 41)):
    """An image, its blobs, and a network that finds some: figures depend on the threshold."""
    rng = np.random.default_rng(seed)
    blobs = ndimage.gaussian_filter(rng.standard_normal(shape), 2) > 0.03
    image = blobs + rng.normal(0, 0.8, shape)
    return Sample(f"s{seed}", image[None].astype(np.float32), instances(blobs))


@pytest.mark.parametrize(
    ("kind", "method", "average"),
    [("mask", "components", False), ("instances", "watershed", True), ("instances", "components", False)],
)
def test_the_threshold_that_is_chosen_tells_objects_best(kind, method, average):
    data = Dataset([noisy_blobs(seed) for seed in (0, 1, 2)], kind, 2, 1, "")
    net = mu.UNet(base=2, depth=1, seed=3)
    net.threshold = 0.123  # has no say

    def score(threshold):
        total = 0.0
        for sample in data.samples:
            foreground = mu.predict(net, sample.image, average=average)[1]
            if kind == "mask":
                thinned = segments(foreground > threshold)
                total += v_rand(thinned, sample.labels) + v_info(thinned, sample.labels)
            else:
                total += seg(find_objects(foreground > threshold, foreground, method), sample.labels)
        return total

    scores = {threshold: score(threshold) for threshold in THRESHOLDS}
    chosen = choose_threshold(net, data, method, average)
    assert scores[chosen] == pytest.approx(max(scores.values()))
    assert min(scores.values()) < 0.9 * max(scores.values())


def test_of_thresholds_that_are_as_good_the_middle_one_is_chosen():
    net = mu.UNet(base=2, depth=1)
    for name in net.params:
        net.params[name][...] = 0  # 0.5 everywhere: all foreground below, none above
    sample = Sample("s", np.zeros((1, 30, 34), np.float32), np.ones((30, 34), np.int32))
    data = Dataset([sample], "instances", 2, 1, "")
    below = [threshold for threshold in THRESHOLDS if threshold < 0.5]
    assert choose_threshold(net, data) == below[len(below) // 2]


def test_where_classes_decide_no_threshold_is_chosen():
    sample = noisy_blobs(0)
    two = Dataset([replace(sample, labels=np.minimum(sample.labels, 1))], "classes", 2, 1, "")
    assert choose_threshold(mu.UNet(base=2, depth=1, seed=3), two) == 0.5
    three = Dataset([sample], "instances", 2, 1, "")
    assert choose_threshold(mu.UNet(classes=3, base=2, depth=1, seed=3), three) == 0.5
