"""What a network makes of images it never trained on, in figures."""

import numpy as np

from .data import Dataset, Sample
from .metrics import SMALLEST_OBJECT, count, instances, iou, pixel_error, seg
from .tiling import predict

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
        4-connected part of the predicted foreground of at least 10 pixels.
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
