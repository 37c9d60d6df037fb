"""How good is a segmentation: pixel error, intersection over union, SEG, and counting.

From a class map to objects and back: an object is a connected component of the foreground (class 1).
"""

import numpy as np
from scipy import ndimage


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
    keep = np.bincount(labels.ravel()) >= smallest
    keep[0] = False
    return (np.cumsum(keep) * keep).astype(np.int32)[labels]


def pixel_error(predicted, truth):
    """Share of the pixels whose class is wrong: ``mean(predicted != truth)`` (0 is perfect)."""
    _check_same_shape(predicted, truth)
    return float(np.mean(predicted != truth))


def iou(predicted, truth):
    """Intersection over union of two foreground masks, |P & T| / |P | T| (1 is perfect; 1 where both are empty)."""
    _check_same_shape(predicted, truth)
    predicted, truth = np.asarray(predicted) > 0, np.asarray(truth) > 0
    union = np.count_nonzero(predicted | truth)
    return float(np.count_nonzero(predicted & truth) / union) if union else 1.0


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
    """
    _check_same_shape(predicted, truth)
    true_ids, true_sizes, found_ids, found_sizes, overlaps = _overlaps(predicted, truth)
    if not len(true_ids):
        return 0.0 if len(found_ids) else 1.0
    jaccard = overlaps / (true_sizes[:, None] + found_sizes - overlaps)
    return float((jaccard * (overlaps > true_sizes[:, None] / 2)).sum() / len(true_ids))


def count(labels):
    """Number of objects in an instance map."""
    return int(np.count_nonzero(np.unique(labels)))


def _overlaps(predicted, truth):
    """Ids and sizes of the true and of the predicted objects, and how many pixels each pair shares."""
    true_ids, true_index = np.unique(truth, return_inverse=True)
    found_ids, found_index = np.unique(predicted, return_inverse=True)
    pairs = true_index.ravel() * len(found_ids) + found_index.ravel()
    table = np.bincount(pairs, minlength=len(true_ids) * len(found_ids)).reshape(len(true_ids), len(found_ids))
    true_objects, found_objects = true_ids != 0, found_ids != 0
    return (
        true_ids[true_objects],
        table.sum(axis=1)[true_objects],
        found_ids[found_objects],
        table.sum(axis=0)[found_objects],
        table[true_objects][:, found_objects],
    )


def _check_same_shape(predicted, truth):
    if np.shape(predicted) != np.shape(truth):
        raise ValueError(f"predicted has shape {np.shape(predicted)} and truth {np.shape(truth)}; expected the same")
