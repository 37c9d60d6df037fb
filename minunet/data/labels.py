"""What the numbers in label maps mean, and the maps that training needs.

Three kinds are told apart:

``instances``
    0 is background, every other value is one object (a cell, a nucleus).
``mask``
    Two values, say 0 and 255: background and foreground.
``classes``
    Every value is a class, 0 to K-1.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

KINDS = ("instances", "classes", "mask")


def recognise(label_maps: Sequence[np.ndarray] | np.ndarray) -> tuple[str, str]:
    """Tell which kind of labels these are, from all the maps of a data set together.

    At most two values in all: a mask. Otherwise, if more than half of the objects (the values above 0 of
    each map) are in one piece: instances. Otherwise: classes.

    Parameters
    ----------
    label_maps : sequence of integer arrays (H, W)

    Returns
    -------
    kind : str
        "instances", "classes" or "mask".
    reason : str
        One line for the user: what was recognised, from what, and how to override it.
    """
    values = _values(label_maps)
    if len(values) <= 2:
        kind = "mask"
    else:
        pieces = np.concatenate([pieces_per_value(labels) for labels in label_maps])
        kind = "instances" if np.count_nonzero(pieces == 1) > len(pieces) / 2 else "classes"
    others = "|".join(other for other in KINDS if other != kind)
    return kind, f"{describe(label_maps, kind)} Override with --labels {others}."


def describe(label_maps: Sequence[np.ndarray] | np.ndarray, kind: str) -> str:
    """Say in one line what labels of this kind mean, with the figures of these maps."""
    values = _values(label_maps)
    images = f"{len(label_maps)} image{'s' if len(label_maps) > 1 else ''}"
    if kind == "instances":
        objects = sum(np.count_nonzero(np.unique(labels)) for labels in label_maps)
        return f"labels: instances ({objects:,} objects in {images}; each value is one object)."
    if kind == "classes":
        return f"labels: classes (values {_listed(values)} in {images}; each value is one class)."
    foreground = f"{values[1]}" if len(values) == 2 else "above 0"
    return (
        f"labels: mask (values {_listed(values)} in {images}; foreground is {foreground}, "
        "each connected part of it one object)."
    )


def pieces_per_value(labels: np.ndarray) -> np.ndarray:
    """Count the 4-connected pieces of each value above 0.

    Parameters
    ----------
    labels : integer array (H, W)

    Returns
    -------
    integer array (values above 0,)
        In the order of the values.
    """
    # Touching objects must not merge, so pixels stand apart on a grid of twice the size, and a link is drawn
    # between two neighbours only where both have the same value.
    height, width = labels.shape
    linked = np.zeros((2 * height - 1, 2 * width - 1), bool)
    inside = labels > 0
    linked[::2, ::2] = inside
    linked[1::2, ::2] = (labels[1:] == labels[:-1]) & inside[1:]
    linked[::2, 1::2] = (labels[:, 1:] == labels[:, :-1]) & inside[:, 1:]
    components, count = ndimage.label(linked)
    value_of = np.zeros(count + 1, labels.dtype)
    value_of[components[::2, ::2]] = labels
    return np.unique(value_of[1:], return_counts=True)[1]


def instances_from_masks(label_maps: Sequence[np.ndarray] | np.ndarray) -> list[np.ndarray]:
    """Number the 4-connected parts of the foreground.

    The foreground is the higher one of two values; where there are more or fewer, all that is above 0. In the
    ISBI challenge's labels (255 = cell, 0 = membrane) an instance is thus a cell in its section.

    Parameters
    ----------
    label_maps : sequence of integer arrays (H, W)
        Taken together: one map may well hold a single value.

    Returns
    -------
    list of int32 arrays (H, W)
        0 = background, 1 to the number of parts.
    """
    values = _values(label_maps)
    background = values[0] if len(values) == 2 else 0
    return [ndimage.label(labels > background)[0].astype(np.int32) for labels in label_maps]


def count_classes(label_maps: Sequence[np.ndarray], names: Sequence[str], classes: int | None = None) -> int:
    """Give the number of classes of class maps, once every value has been found to be legal.

    Parameters
    ----------
    label_maps : sequence of integer arrays (H, W)
    names : sequence of str
        One a map, to name the map at fault.
    classes : int, optional
        What the user says. Otherwise it is the highest value + 1, and two at least.

    Raises
    ------
    ValueError
        Where a value is beyond `classes`; or where, without `classes`, more than half of the numbers up to
        the highest never occur (0, 128, 255). Those are not renumbered here: the next folder may lack one of
        them, and would then be numbered otherwise without a word.
    """
    values = _values(label_maps)
    highest = int(values[-1])
    if classes is None:
        classes = max(highest + 1, 2)
        if len(values) < classes / 2:
            raise ValueError(
                f"class labels {_listed(values)} leave gaps; renumber them 0 to {len(values) - 1}, "
                f"alike in every file, or say --classes {classes} if there are so many"
            )
    for labels, name in zip(label_maps, names, strict=True):
        if labels.max() >= classes:
            raise ValueError(
                f"{name}: the labels have the value {labels.max()}; {classes} classes allow 0 to {classes - 1}"
            )
    return classes


def _values(label_maps: Sequence[np.ndarray] | np.ndarray) -> np.ndarray:
    return np.unique(np.concatenate([np.unique(labels) for labels in label_maps]))


def _listed(values: np.ndarray) -> str:
    """Write "0, 1, 2", and of many values the first three and the last."""
    if len(values) > 6:
        return ", ".join(map(str, values[:3])) + f", ..., {values[-1]}"
    return ", ".join(map(str, values))
