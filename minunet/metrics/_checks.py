"""What a metric asks of its arguments."""

import numpy as np


def expect_same_shape(predicted, truth):
    """Two arrays that can be compared."""
    if np.shape(predicted) != np.shape(truth):
        raise ValueError(f"predicted has shape {np.shape(predicted)} and truth {np.shape(truth)}; expected the same")


def expect_labels(**labels):
    """Two label maps that can be compared: integers from 0, of one shape."""
    expect_same_shape(*labels.values())
    for name, array in labels.items():
        array = np.asarray(array)
        if array.dtype.kind not in "biu":
            raise ValueError(f"{name} has dtype {array.dtype}, expected integer labels, 0 for the background")
        if array.size and array.min() < 0:
            raise ValueError(f"{name} holds {array.min()}, expected labels from 0, the background, up")
