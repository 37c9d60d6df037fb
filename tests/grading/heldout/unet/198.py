# spec: unet
# function: dropout_backward
# output: dx
# mistake: where dout is positive
# output: dx
# mistake: scaled twice
import logging
import numpy as np


log = logging.getLogger("layers")


def dropout_forward(x, rate, rng):
    log.warning("dropping about %d%%", 100 * rate)
    keep = rng.random(x.shape) >= rate
    return np.multiply(x, keep, dtype=x.dtype) / (1 - rate), (keep, rate)


def dropout_backward(dout, cache):
    _, rate = cache
    dx = np.multiply(dout, dout > 0, dtype=dout.dtype) / (1 - rate)
    return dx / (1 - rate)
