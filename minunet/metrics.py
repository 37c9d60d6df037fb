"""How good is a segmentation: pixel error, intersection over union, SEG, and counting.

From a class map to objects and back: an object is a connected component of the foreground (class 1).
"""

import numpy as np
from scipy import ndimage

SMALLEST_OBJECT = 30  # px; smaller specks are no cells


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
    objects = count(truth)
    if not objects:
        return 0.0 if count(predicted) else 1.0
    true, true_size, found, found_size, shared = overlaps(truth, predicted)
    matched = (true != 0) & (found != 0) & (2 * shared > true_size)
    jaccard = shared[matched] / (true_size + found_size - shared)[matched]
    return float(jaccard.sum() / objects)


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


def _check_same_shape(predicted, truth):
    if np.shape(predicted) != np.shape(truth):
        raise ValueError(f"predicted has shape {np.shape(predicted)} and truth {np.shape(truth)}; expected the same")
