"""What a metric asks of its arguments."""

import numpy as np


def expect_labels(**labels):
    """Two label maps that can be compared: integers from 0, or bools, of one shape."""
    (name, first), (other_name, second) = labels.items()
    if np.shape(first) != np.shape(second):
        raise ValueError(f"{name} has shape {np.shape(first)} and {other_name} {np.shape(second)}; expected the same")
    for name, array in labels.items():
        array = np.asarray(array)
        if array.dtype.kind not in "biu":
            raise ValueError(f"{name} has dtype {array.dtype}, expected integer labels, 0 for the background")
        if array.size and array.min() < 0:
            raise ValueError(f"{name} holds {array.min()}, expected labels from 0, the background, up")
