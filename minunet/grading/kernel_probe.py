"""Where each weight of a kernel meets the image, seen with kernels that have a single 1.

Such a kernel copies the image, moved by its offset. A convolution that is wrong in a way nobody has thought of may
still show which pixel weight (i, j) is multiplied with.
"""

import numpy as np

from .asking import Asker, Call
from .judge import Observed

SIDE = 6  # of the image
SIZE = 3  # of the kernel


def kernel_probe(asker: Asker, observed: Observed) -> str:
    """What it shows, in a sentence; empty where the layer is no convolution, or nothing is copied, or all is right."""
    layer = observed.layer
    weight = next((name for name in ("weight", "w") if name in layer.arguments), None)
    if weight is None or np.shape(observed.cases[0].arguments[weight])[2:] != (SIZE, SIZE):
        return ""
    image = np.arange(1.0, 1 + SIDE * SIDE).reshape(1, 1, SIDE, SIDE)
    offsets = list(np.ndindex(SIZE, SIZE))
    asked = [
        Call(layer, False, _arguments(observed, weight, image, offset), str(k)) for k, offset in enumerate(offsets)
    ]
    meets = []
    for answer in asker.ask(asked):
        if answer.error or not isinstance(answer.results[0], np.ndarray) or answer.results[0].ndim != 4:
            return ""
        meets.append(_offset(answer.results[0][0, 0], image[0, 0]))
    if meets == offsets or None in meets:
        return ""
    return (
        "weight[f, c, i, j] meets "
        + ", ".join(
            f"x[{i}, {j}] for (i, j) = ({p}, {q})" for (p, q), (i, j) in list(zip(offsets, meets, strict=True))[:3]
        )
        + " and so on."
    )


def _arguments(observed, weight, image, offset):
    """A kernel of one channel and one filter, 1 at the offset; no bias, no pad, a stride of 1."""
    kernel = np.zeros((1, 1, SIZE, SIZE))
    kernel[0, 0, *offset] = 1
    found = {"x": image, weight: kernel, "conv_param": {"stride": 1, "pad": 0}}
    return [observed.convention.argument(name, found.get(name, np.zeros(1))) for name in observed.layer.arguments]


def _offset(out, image):
    """(i, j) where `out` is image[i:, j:], as far as it goes; None where it is no part of it."""
    for i, j in np.ndindex(SIZE, SIZE):
        part = image[i : i + out.shape[0], j : j + out.shape[1]]
        if part.shape == out.shape and np.allclose(part, out):
            return i, j
    return None
