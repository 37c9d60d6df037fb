"""All figures of a segmentation: of a network on a dataset, or of one file beside another."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .data import Dataset
from .data.labels import instances_from_masks, recognise
from .metrics import (
    SMALLEST_OBJECT,
    average_precision,
    instances,
    iou,
    mistakes,
    pixel_error,
    rand_error,
    seg,
    segments,
    v_info,
    v_rand,
    warping_error,
)
from .objects import find_objects, foreground_of
from .tiling import predict
from .validation import class_figures, object_figures

THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(1, 20))


class Evaluation(NamedTuple):
    """Of a network on a dataset.

    Attributes
    ----------
    rows : dict of str to dict
        The figures of each image, by its name: ``pixel_error`` and ``iou`` of the likelier class; all else,
        ``iou_at_threshold`` too, at the network's own threshold. Where the labels are classes, the first two alone.
    best : dict of str to (float, float)
        As `best_thresholds`, where the labels are masks; else empty.
    objects : dict of str to (array, array)
        Predicted and true objects of each image; empty where the labels are classes.
    """

    rows: dict[str, dict[str, float]]
    best: dict[str, tuple[float, float]]
    objects: dict[str, tuple[np.ndarray, np.ndarray]]


def evaluate(
    net,
    dataset: Dataset,
    method: str = "components",
    average: bool = False,
    tile: int | None = None,
    done: Callable[[], object] = lambda: None,
) -> Evaluation:
    """Segment every image of `dataset` and compare with its labels.

    Parameters
    ----------
    net : UNet
    dataset : Dataset
    method : "components" or "watershed"
        As for `minunet.objects.find_objects`.
    average, tile
        As for `minunet.predict`.
    done : callable
        Is called after each image.
    """
    found = Evaluation({}, {}, {})
    probabilities = []
    for sample in dataset.samples:
        predicted = predict(net, sample.image, tile, average)
        classes = predicted.argmax(axis=0)
        if dataset.kind == "classes":
            found.rows[sample.name] = class_figures(classes, sample.labels)
        else:
            foreground, probability = foreground_of(predicted, net.threshold), 1 - predicted[0]
            objects = find_objects(foreground, probability, method)
            found.rows[sample.name] = (
                object_figures(classes > 0, objects, sample.labels)
                | {"iou_at_threshold": iou(foreground, sample.labels)}
                | further_figures(foreground, objects, sample.labels, dataset.kind)
            )
            found.objects[sample.name] = objects, sample.labels
            if dataset.kind == "mask":
                probabilities.append(probability)
        done()
    if dataset.kind == "mask":
        found.best.update(best_thresholds(probabilities, [sample.labels for sample in dataset.samples]))
    return found


def further_figures(foreground: np.ndarray, objects: np.ndarray, truth: np.ndarray, kind: str) -> dict[str, float]:
    """What `minunet evaluate` tells beyond `object_figures`, and training has no time for.

    Of instances ``ap``, the average precision, and how many true objects were ``merged`` and ``split``; of a mask,
    whose objects are what its borders part, ``v_rand`` and ``v_info`` after thinning, ``rand_error`` and
    ``warping_error``.
    """
    if kind == "instances":
        found = mistakes(objects, truth)
        mean, _ = average_precision(objects, truth)
        return {"ap": mean, "merged": len(found.merged), "split": len(found.split)}
    thinned = segments(foreground)
    return {
        "v_rand": v_rand(thinned, truth),
        "v_info": v_info(thinned, truth),
        "rand_error": rand_error(foreground, truth),
        "warping_error": warping_error(foreground, truth),
    }


def choose_threshold(net, dataset: Dataset, method: str = "components", average: bool = False) -> float:
    """The threshold by which a network tells objects best on images it did not train on.

    Parameters
    ----------
    net : UNet
        Of two classes; its own threshold is not looked at.
    dataset : Dataset
    method, average
        As for `evaluate`.

    Returns
    -------
    float
        Of `THRESHOLDS`: of masks the one with the highest mean of V_rand and V_info, of instances of SEG, over the
        images. Of several that are as good the middle one; 0.5 where the labels are classes.
    """
    if dataset.kind == "classes" or net.classes > 2:
        return 0.5
    totals = np.zeros(len(THRESHOLDS))
    for sample in dataset.samples:
        predicted = predict(net, sample.image, average=average)
        for k, threshold in enumerate(THRESHOLDS):
            foreground = foreground_of(predicted, threshold)
            if dataset.kind == "mask":
                thinned = segments(foreground)
                totals[k] += v_rand(thinned, sample.labels) + v_info(thinned, sample.labels)
            else:
                totals[k] += seg(find_objects(foreground, 1 - predicted[0], method), sample.labels)
    best = np.flatnonzero(totals == totals.max())
    return THRESHOLDS[best[len(best) // 2]]


def best_thresholds(probabilities: list[np.ndarray], truths: list[np.ndarray]) -> dict[str, tuple[float, float]]:
    """Scores as the EM challenge gives them: each at the threshold where its mean over the images is best.

    Parameters
    ----------
    probabilities : list of float array (H, W)
        Of the foreground.
    truths : list of integer array (H, W)
        Segments, 0 for the border.

    Returns
    -------
    dict of str to (float, float)
        The best mean of ``v_rand``, ``v_info`` and ``pixel_error``, and its threshold, of `THRESHOLDS`.
    """
    means: dict[str, list[float]] = {"v_rand": [], "v_info": [], "pixel_error": []}
    for threshold in THRESHOLDS:
        masks = [probability > threshold for probability in probabilities]
        thinned = [segments(mask) for mask in masks]
        means["v_rand"].append(_mean(v_rand, thinned, truths))
        means["v_info"].append(_mean(v_info, thinned, truths))
        means["pixel_error"].append(_mean(pixel_error, masks, [truth > 0 for truth in truths]))
    best = {name: (min if name == "pixel_error" else max)(values) for name, values in means.items()}
    return {name: (value, THRESHOLDS[means[name].index(value)]) for name, value in best.items()}


def _mean(score, predicted, truths):
    return float(np.mean([score(*pair) for pair in zip(predicted, truths, strict=True)]))


def compare(predicted: np.ndarray, truth: np.ndarray, kind: str | None = None) -> list[dict[str, float]]:
    """Compare two stacks of label maps (pages, H, W), page by page.

    Parameters
    ----------
    predicted, truth : integer arrays (pages, H, W)
        `predicted` may number its objects, or be a mask, whose objects are then its 4-connected parts of at
        least 30 pixels.
    kind : "instances", "mask" or "classes", optional
        Of the truth; recognised where not given.

    Returns
    -------
    list of dict
        For each page what `class_figures`, or `object_figures` and `further_figures`, give.
    """
    kind = kind or recognise(truth)[0]
    if kind == "classes":
        return [class_figures(*pages) for pages in zip(predicted, truth, strict=True)]
    return [
        object_figures(foreground, objects, true_page) | further_figures(foreground, objects, true_page, kind)
        for foreground, objects, true_page in objects_of(predicted, truth, kind)
    ]


def objects_of(predicted: np.ndarray, truth: np.ndarray, kind: str) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of each page the predicted foreground, and predicted and true objects; arguments as for `compare`."""
    if kind == "mask":
        truth = np.stack(instances_from_masks(truth))
    predicted_kind = recognise(predicted)[0]
    if predicted_kind == "mask":
        predicted = np.stack(instances_from_masks(predicted))
    numbered = predicted_kind == "instances"
    return [
        (page > 0, page if numbered else instances(page > 0, SMALLEST_OBJECT), true_page)
        for page, true_page in zip(predicted, truth, strict=True)
    ]
