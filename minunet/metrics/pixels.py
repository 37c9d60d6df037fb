"""Pixels: how many have the wrong class, and how well two masks overlap."""

import numpy as np

from ._checks import expect_same_shape


def pixel_error(predicted, truth):
    """Share of the pixels whose class is wrong: ``mean(predicted != truth)`` (0 is perfect)."""
    expect_same_shape(predicted, truth)
    return float(np.mean(np.asarray(predicted) != np.asarray(truth)))


def iou(predicted, truth):
    """Intersection over union of two foreground masks, |P & T| / |P | T| (1 is perfect; 1 where both are empty)."""
    expect_same_shape(predicted, truth)
    predicted, truth = np.asarray(predicted) > 0, np.asarray(truth) > 0
    union = np.count_nonzero(predicted | truth)
    return float(np.count_nonzero(predicted & truth) / union) if union else 1.0
