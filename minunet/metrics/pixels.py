"""Pixels: how many have the wrong class, and how well two masks overlap."""

import numpy as np

from ._checks import expect_labels


def pixel_error(predicted, truth):
    """Share of the pixels whose class is wrong, ``mean(predicted != truth)``: the paper's pixel error.

    Parameters
    ----------
    predicted, truth : integer or bool arrays (H, W)
        Classes.

    Returns
    -------
    float
        0 is perfect; 0 where there is no pixel.

    Raises
    ------
    ValueError
        Where the shapes differ, or labels are no integers or are negative.
    """
    expect_labels(predicted=predicted, truth=truth)
    return float(np.mean(np.asarray(predicted) != np.asarray(truth))) if np.size(truth) else 0.0


def iou(predicted, truth):
    """Intersection over union of two foreground masks P and T, the Jaccard index: |P & T| / |P | T|.

    Parameters
    ----------
    predicted, truth : integer or bool arrays (H, W)
        Foreground is what is not 0.

    Returns
    -------
    float
        1 is perfect; 1 where both are empty.

    Raises
    ------
    ValueError
        As `pixel_error`.
    """
    expect_labels(predicted=predicted, truth=truth)
    predicted, truth = np.asarray(predicted) > 0, np.asarray(truth) > 0
    union = np.count_nonzero(predicted | truth)
    return float(np.count_nonzero(predicted & truth) / union) if union else 1.0
