"""Objects: found in a mask, matched with the true ones, and counted."""

import numpy as np
from scipy import ndimage

from ._checks import expect_labels

SMALLEST_OBJECT = 10  # px: of 3,589 nuclei of the 2018 Data Science Bowl none is smaller, and 6 in 100 are below 30
BOWL_THRESHOLDS = tuple(round(0.5 + 0.05 * k, 2) for k in range(10))  # of IoU


def instances(foreground, smallest=1):
    """Number the 4-connected components of a foreground mask.

    Parameters
    ----------
    foreground : bool array (H, W)
    smallest : int
        Components of fewer pixels are dropped.

    Returns
    -------
    labels : int32 array (H, W)
        0 on the background, 1..n on the components.
    """
    labels, _ = ndimage.label(foreground)
    keep = np.bincount(labels.ravel(), minlength=1) >= smallest
    keep[0] = False
    return (np.cumsum(keep) * keep).astype(np.int32)[labels]


def seg(predicted, truth):
    """SEG of the Cell Tracking Challenge (Maska et al. 2014): mean Jaccard index over the true objects.

    A predicted object matches a true one where it covers more than half of it, |R & S| > |R| / 2, so that
    each true object has at most one match; one without a match counts 0. The paper's Table 2 calls it IOU.

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        Instance labels, 0 for the background.

    Returns
    -------
    float
        1 is perfect; 1 where there is no true object and none was predicted, 0 where one was.

    Raises
    ------
    ValueError
        Where the shapes differ, or labels are no integers or are negative.
    """
    expect_labels(predicted=predicted, truth=truth)
    objects = count(truth)
    if not objects:
        return 0.0 if count(predicted) else 1.0
    true, true_size, found, found_size, shared = overlaps(truth, predicted)
    matched = (true != 0) & (found != 0) & (2 * shared > true_size)
    jaccard = shared[matched] / (true_size + found_size - shared)[matched]
    return float(jaccard.sum() / objects)


def average_precision(predicted, truth, thresholds=BOWL_THRESHOLDS):
    """Average precision of the 2018 Data Science Bowl, at each of several thresholds of IoU, and their mean.

    At threshold t a predicted and a true object match where their IoU is above t; from 0.5 on an object thus has one
    match at most. With TP matches, FP predicted and FN true objects without one::

        precision(t) = TP / (TP + FP + FN)

    Caicedo et al. 2019, "Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl".

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        Instance labels, 0 for the background.
    thresholds : sequence of float
        At least 0.5. The competition's: 0.5, 0.55 .. 0.95.

    Returns
    -------
    mean : float
        1 is perfect; 1 where there is no true object and none was predicted, 0 where one was.
    precisions : tuple of float
        At each threshold.

    Raises
    ------
    ValueError
        Where the shapes differ, labels are no integers or are negative, or a threshold is not in 0.5 to 1.
    """
    expect_labels(predicted=predicted, truth=truth)
    for threshold in thresholds:
        if not 0.5 <= threshold < 1:
            raise ValueError(
                f"a threshold is {threshold}, expected at least 0.5, where a match is one alone, and below 1"
            )
    found, true = count(predicted), count(truth)
    if not found + true:
        return 1.0, (1.0,) * len(thresholds)
    ids, size, other_ids, other_size, shared = overlaps(truth, predicted)
    objects = (ids != 0) & (other_ids != 0)
    ious = (shared / (size + other_size - shared))[objects]
    matches = [np.count_nonzero(ious > threshold) for threshold in thresholds]
    precisions = tuple(float(match / (found + true - match)) for match in matches)
    return float(np.mean(precisions)), precisions


def count(labels):
    """Number of objects in an instance map."""
    return int(np.count_nonzero(np.unique(labels)))


def overlaps(one, other):
    """Every pair of labels, the background's among them, that meet in a pixel.

    Parameters
    ----------
    one, other : integer arrays of one shape

    Returns
    -------
    ids, sizes, other_ids, other_sizes, shared : arrays (pairs,)
        The label in `one` and all its pixels, the label in `other` and all its pixels, and the pixels shared.
    """
    ids, index, sizes = np.unique(one, return_inverse=True, return_counts=True)
    other_ids, other_index, other_sizes = np.unique(other, return_inverse=True, return_counts=True)
    # Only pairs that occur: a table of all with all would fill the memory where a noisy map has 30,000 specks.
    pairs, shared = np.unique(index.ravel() * len(other_ids) + other_index.ravel(), return_counts=True)
    first, second = np.divmod(pairs, len(other_ids))
    return ids[first], sizes[first], other_ids[second], other_sizes[second], shared
