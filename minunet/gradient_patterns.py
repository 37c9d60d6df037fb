"""What a wrong gradient looks like: the mistakes that can be told from two arrays, the claimed and the measured.

Nothing here guesses. A pattern is named only where it explains every entry that was measured: the whole
array, or, when some entries are right, all those that are wrong.
"""

from itertools import combinations

import numpy as np

CLOSE = 1e-5  # of the largest entry: what counts as equal here


def find_pattern(claimed, measured):
    """The mistake that makes the measured gradient the claimed one, in words; empty where none of these does.

    Parameters
    ----------
    claimed : array
    measured : array of the same shape
        nan where nothing was measured.
    """
    if _alike(claimed, measured).all():  # wrong by so little that everything would fit
        return ""
    for recognise in (_zero_everywhere, _factor):
        if pattern := recognise(claimed, measured):
            return pattern
    if np.mean(np.isnan(measured)) > 0.5:  # a sample cannot show an arrangement
        return ""
    for recognise in (_rearranged, _shifted, _constant_along_an_axis):
        if pattern := recognise(claimed, measured):
            return pattern
    return ", ".join(filter(None, (_confined(claimed, measured), _about_zeros(claimed, measured))))


def _alike(a, b):
    """Entry by entry, whether two arrays agree; what was not measured agrees with everything."""
    largest = max(np.nanmax(np.abs(a)), np.nanmax(np.abs(b)))
    return ~(np.abs(a - b) > CLOSE * largest)


def _zero_everywhere(claimed, measured):
    return "" if claimed.any() else "it is 0 everywhere"


def _factor(claimed, measured):
    known = ~np.isnan(measured)
    theirs, right = claimed[known], measured[known]
    if np.count_nonzero(right) < 2:  # a single number is a multiple of any other
        return ""
    ratio = np.dot(theirs, right) / np.dot(right, right)
    if not _alike(theirs, ratio * right).all():
        return ""
    if np.isclose(ratio, -1, rtol=CLOSE):
        return "every entry has the wrong sign"
    if np.isclose(1 / ratio, np.round(1 / ratio), rtol=CLOSE):
        return f"every entry is 1/{1 / ratio:.0f} of the right one"
    return f"every entry is {ratio:.6g} times the right one"


def _rearranged(claimed, measured):
    for a, b in combinations(range(measured.ndim), 2):
        if _alike(claimed, measured.swapaxes(a, b).reshape(claimed.shape)).all():
            return f"axes {a} and {b} are transposed"
    if measured.ndim >= 2 and _alike(claimed, measured[..., ::-1, ::-1]).all():
        return "it is flipped: the last two axes both run backwards"
    for axis, size in enumerate(measured.shape):
        order = _order_along(axis, claimed, measured)
        if sorted(order) == list(range(size)):
            return f"along axis {axis} it has {order} where {list(range(size))} belong"
    return ""


def _order_along(axis, claimed, measured):
    """For each slice of `claimed` the index of the first slice of `measured` that is the same."""
    theirs, right = np.moveaxis(claimed, axis, 0), np.moveaxis(measured, axis, 0)
    largest = np.nanmax(np.abs(measured))
    order = []
    for one in theirs:
        same = ~(np.abs(one - right) > CLOSE * largest)
        order.extend(np.flatnonzero(same.reshape(len(right), -1).all(axis=1))[:1].tolist())
    return order


def _shifted(claimed, measured):
    """Rows and columns moved by up to two pixels, judged where the two overlap."""
    if measured.ndim < 2 or min(measured.shape[-2:]) < 4:
        return ""
    H, W = measured.shape[-2:]
    for down in (0, -1, 1, -2, 2):
        for right in (0, -1, 1, -2, 2):
            here = claimed[..., max(0, down) : H + down, max(0, right) : W + right]
            there = measured[..., max(0, -down) : H - down, max(0, -right) : W - right]
            if np.nanmax(np.abs(there)) > 0 and _alike(here, there).all():
                return f"it is moved by {down} rows and {right} columns"
    return ""


def _constant_along_an_axis(claimed, measured):
    for axis, size in enumerate(measured.shape):
        first = claimed.take([0], axis)
        if size > 1 and _alike(claimed, first).all():
            return f"it is the same for every index of axis {axis}, the right one is not"
    return ""


def _confined(claimed, measured):
    """Where the wrong entries are, if that is some whole slices of one axis, or a border of the last two."""
    right = _alike(claimed, measured)
    for axis, size in enumerate(right.shape):
        others = tuple(a for a in range(right.ndim) if a != axis)
        wrong_slices = np.flatnonzero(~right.any(axis=others))
        right_slices = np.flatnonzero(right.all(axis=others))
        if len(wrong_slices) + len(right_slices) == size and len(right_slices):
            return f"everything at {wrong_slices.tolist()} of axis {axis} is wrong and nothing else"
    if right.ndim < 2:
        return ""
    H, W = right.shape[-2:]
    for width in range(1, (min(H, W) + 1) // 2):
        if right[..., width : H - width, width : W - width].all():
            return f"wrong only in the border, at most {width} px from the edge"
    return ""


def _about_zeros(claimed, measured):
    wrong = ~_alike(claimed, measured)
    largest = np.nanmax(np.abs(measured))
    if not claimed[wrong].any():
        return "0 where it should not be"
    if (np.abs(measured[wrong]) <= CLOSE * largest).all():
        return "not 0 where it should be"
    return ""
