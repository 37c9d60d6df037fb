"""What a network makes of images it never trained on, in figures."""

import numpy as np

from .data import Dataset, Sample
from .data.labels import instances_from_masks, recognise
from .metrics import (
    SMALLEST_OBJECT,
    average_precision,
    count,
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
from .tiling import predict

THRESHOLDS = tuple(round(0.05 * k, 2) for k in range(1, 20))
COUNTS = ("found", "true", "merged", "split")  # added up over images, where other figures are averaged


def figures(predicted: np.ndarray, sample: Sample, kind: str) -> dict[str, float]:
    """Compare a predicted class map with a sample's truth.

    Parameters
    ----------
    predicted : integer array (H, W)
        Classes.
    sample : Sample
    kind : str
        Of the sample's labels.

    Returns
    -------
    dict
        As `class_figures` where the labels are classes, else as `object_figures`, an object being a
        4-connected part of the predicted foreground of at least 30 pixels.
    """
    if kind == "classes":
        return class_figures(predicted, sample.labels)
    return object_figures(predicted > 0, instances(predicted > 0, SMALLEST_OBJECT), sample.labels)


def class_figures(predicted: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """``pixel_error``, and ``iou``, the mean over the classes above 0 that either map has."""
    present = np.union1d(predicted, truth)
    ious = [iou(predicted == value, truth == value) for value in present[present > 0]]
    return {"pixel_error": pixel_error(predicted, truth), "iou": float(np.mean(ious)) if ious else 1.0}


def object_figures(foreground: np.ndarray, objects: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """``pixel_error``, ``iou`` of the foreground, ``seg`` of the objects, how many were ``found`` and are ``true``."""
    return {
        "pixel_error": pixel_error(foreground, truth > 0),
        "iou": iou(foreground, truth),
        "seg": seg(objects, truth),
        "found": count(objects),
        "true": count(truth),
    }


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


def mean_figures(rows: list[dict[str, float]]) -> dict[str, float]:
    """Mean of each figure over the images; the numbers of objects are added up."""
    return {
        name: sum(row[name] for row in rows) if name in COUNTS else float(np.mean([row[name] for row in rows]))
        for name in rows[0]
    }


def validate(net, dataset: Dataset) -> dict[str, float]:
    """Segment every image of `dataset` by overlap-tile: `mean_figures` over the images."""
    return mean_figures(
        [figures(predict(net, sample.image).argmax(axis=0), sample, dataset.kind) for sample in dataset.samples]
    )


def hold_out(dataset: Dataset, fraction: float) -> tuple[Dataset, Dataset | None]:
    """Split into what to train on and what to validate on.

    The last images are held out, a contiguous block: neighbouring slices of a stack are alike, so a random
    split would leak. Of a single image the right part is held out.

    Parameters
    ----------
    dataset : Dataset
    fraction : float, 0 <= fraction < 1
        Of the images (or of the one image's columns), rounded; one at least is held out and one is left.
        0 holds out nothing.

    Returns
    -------
    training : Dataset
    validation : Dataset or None

    Raises
    ------
    ValueError
        For another fraction, or a single image of a single column.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"validation is {fraction}, expected a fraction of the images, 0 <= fraction < 1")
    if fraction == 0:
        return dataset, None
    samples = dataset.samples
    if len(samples) == 1:
        (sample,) = samples
        width = sample.labels.shape[1]
        if width == 1:
            raise ValueError(f"{sample.name} is 1 pixel wide: none of it can be held out; expected a validation of 0")
        cut = width - _share(width, fraction)
        train = [_columns(sample, "left", slice(0, cut))]
        held = [_columns(sample, "right", slice(cut, None))]
    else:
        cut = len(samples) - _share(len(samples), fraction)
        train, held = samples[:cut], samples[cut:]
    return _with_samples(dataset, train), _with_samples(dataset, held)


def _share(total: int, fraction: float) -> int:
    return min(total - 1, max(1, round(total * fraction)))


def _columns(sample: Sample, part: str, columns: slice) -> Sample:
    return Sample(f"{sample.name}-{part}", sample.image[:, :, columns], sample.labels[:, columns])


def _with_samples(dataset: Dataset, samples: list[Sample]) -> Dataset:
    return Dataset(samples, dataset.kind, dataset.classes, dataset.channels, dataset.note)
