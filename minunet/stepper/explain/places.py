"""Indices of many terms at once, and the numbers that lie there."""

from typing import NamedTuple

import numpy as np


class Named(NamedTuple):
    """A value of the training step and its name."""

    name: str
    array: np.ndarray


def grid(*sizes: int) -> np.ndarray:
    """Every index of an array of these sizes: a flat array for each dimension, in row order."""
    return np.indices(sizes).reshape(len(sizes), -1)


def places(*index) -> np.ndarray:
    """Indices as one array (terms, dimensions), from a number or a flat array for each dimension."""
    return np.stack(np.broadcast_arrays(*index), axis=-1)


def at(value: Named, *index) -> np.ndarray:
    """The numbers at these indices, in float64."""
    return np.atleast_1d(value.array[index]).astype(float)


def norm(array: np.ndarray) -> float:
    """The L2 norm: the product of two bounds the sum of the absolute values of products, wherever they are paired."""
    return float(np.linalg.norm(array.astype(float)))
