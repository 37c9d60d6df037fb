"""Scores for boundaries that part an image into segments: V_rand and V_info.

Arganda-Carreras et al. 2015, "Crowdsourcing the creation of image segmentation algorithms for connectomics". What
counts is which pixels belong together, and not where exactly a border runs: let p[i, j] be the probability that a pixel
is in segment i of the prediction S and in segment j of the truth T, s[i] and t[j] its sums over j and over i. Only
pixels in the foreground of T count ("foreground-restricted").

    V_rand = sum of p[i,j]^2 / (1/2 sum of s[i]^2 + 1/2 sum of t[j]^2)       two pixels are together in both
    V_info = I(S; T) / (1/2 H(S) + 1/2 H(T))                                  information in common

Both are 1 for a perfect prediction and near 0 for a useless one. Each is the harmonic mean of a part that suffers from
splits (divided by t alone) and of one that suffers from mergers (by s alone).
"""

import numpy as np
from scipy import ndimage

from ._checks import expect_labels
from .objects import instances


def segments(foreground):
    """The segments of a mask after thinning of its borders.

    A segment is a 4-connected part of the foreground. How wide somebody draws a border says nothing about what it
    parts, so each border pixel is given to the segment nearest to it: two segments then meet without a gap.

    Parameters
    ----------
    foreground : bool array (H, W)

    Returns
    -------
    labels : int32 array (H, W)
        1..n; all 0 where there is no foreground.
    """
    labels = instances(foreground)
    if not labels.any():
        return labels
    nearest = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return labels[tuple(nearest)]


def v_rand(predicted, truth):
    """V_rand, the foreground-restricted Rand F-score.

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        Segments; 0 is border. The challenge thins the prediction's borders first, as `segments` does. A pixel of the
        truth's foreground on a predicted border is in a segment of its own.

    Returns
    -------
    float
        1 is perfect; 1 where the truth has no foreground, so that nothing can be wrong.

    Raises
    ------
    ValueError
        Where the shapes differ, or labels are no integers or are negative.
    """
    joint, of_predicted, of_truth = _shares(predicted, truth)
    if not joint.size:
        return 1.0
    return float(2 * (joint**2).sum() / ((of_predicted**2).sum() + (of_truth**2).sum()))


def v_info(predicted, truth):
    """V_info, the foreground-restricted information-theoretic F-score.

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        As for `v_rand`.

    Returns
    -------
    float
        1 is perfect; 1 where the truth has no foreground, and where both have one segment alone, in which case
        neither tells anything.

    Raises
    ------
    ValueError
        As `v_rand`.
    """
    joint, of_predicted, of_truth = _shares(predicted, truth)
    information = _entropy(of_predicted) + _entropy(of_truth)
    if not information:
        return 1.0
    return float(2 * (information - _entropy(joint)) / information)


def rand_error(predicted, truth):
    """The Rand error of the challenge's first table, and of the paper's: 1 - V_rand, with borders as they are.

    Parameters
    ----------
    predicted : bool array (H, W)
        The predicted foreground, whose borders are not thinned.
    truth : integer array (H, W)
        Segments, 0 for the border.

    Returns
    -------
    float
        0 is perfect.

    Raises
    ------
    ValueError
        As `v_rand`.
    """
    expect_labels(predicted=predicted, truth=truth)
    return 1 - v_rand(instances(predicted), truth)


def _shares(predicted, truth):
    """p, s and t of those that are not 0, each once, in no order."""
    expect_labels(predicted=predicted, truth=truth)
    inside = np.asarray(truth) > 0
    predicted, truth = np.asarray(predicted)[inside].astype(np.int64), np.asarray(truth)[inside].astype(np.int64)
    border = predicted == 0
    predicted[border] = -np.arange(1, np.count_nonzero(border) + 1)  # each in a segment of its own
    _, index, sizes = np.unique(predicted, return_inverse=True, return_counts=True)
    _, true_index, true_sizes = np.unique(truth, return_inverse=True, return_counts=True)
    _, joint = np.unique(index * np.int64(len(true_sizes)) + true_index, return_counts=True)
    return tuple(counts / max(len(truth), 1) for counts in (joint, sizes, true_sizes))


def _entropy(shares):
    return float(-(shares * np.log(shares)).sum())
