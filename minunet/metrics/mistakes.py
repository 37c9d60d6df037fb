"""Which objects were merged, split, missed or invented: for counting, and for a picture of the mistakes."""

from collections import Counter
from typing import NamedTuple

from ._checks import expect_labels
from .objects import overlaps


class Mistakes(NamedTuple):
    """Sets of labels, in order.

    Attributes
    ----------
    merged : tuple of int
        True objects that share a predicted object: it covers more than half of each.
    split : tuple of int
        True objects that are shared by predicted ones: more than half of each of these lies in it.
    missed : tuple of int
        True objects of which more than half is predicted background.
    invented : tuple of int
        Predicted objects of which more than half is true background.
    """

    merged: tuple[int, ...]
    split: tuple[int, ...]
    missed: tuple[int, ...]
    invented: tuple[int, ...]


def mistakes(predicted, truth):
    """Tell the mistakes of a segmentation apart.

    Parameters
    ----------
    predicted, truth : integer arrays (H, W)
        Instance labels, 0 for the background.

    Returns
    -------
    Mistakes
        All empty for a perfect prediction.

    Raises
    ------
    ValueError
        Where the shapes differ, or labels are no integers or are negative.
    """
    expect_labels(predicted=predicted, truth=truth)
    home = _majorities(truth, predicted)  # of each true object
    source = _majorities(predicted, truth)  # of each predicted one
    tenants, parts = Counter(home.values()), Counter(source.values())
    return Mistakes(
        merged=tuple(label for label, other in home.items() if other and tenants[other] > 1),
        split=tuple(sorted(label for label, count in parts.items() if label and count > 1)),
        missed=tuple(label for label, other in home.items() if other == 0),
        invented=tuple(label for label, other in source.items() if other == 0),
    )


def _majorities(labels, others):
    """For each object in one map the label in the other that has more than half of it, if any."""
    ids, sizes, other_ids, _, shared = overlaps(labels, others)
    most = (ids != 0) & (2 * shared > sizes)
    return dict(zip(ids[most].tolist(), other_ids[most].tolist(), strict=True))
