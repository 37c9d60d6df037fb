"""What goes wrong in a dropout that has a mode and a seed of its own.

How its random numbers are drawn is left to who writes it. So most mistakes here start from the right result for the
mask that was drawn: where it is not 0, something was kept.
"""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()

SCALE = "Inverted dropout divides what it keeps by the share that is kept."
MASK = "Each value is kept or dropped by itself: as many random numbers are drawn as x has values."
TEST = "At test time nothing is dropped and, as training has scaled already, nothing scaled."


def drawn(x, dropout_param):
    """What the course's np.random.seed and np.random.rand draw."""
    return np.random.RandomState(dropout_param["seed"]).random_sample(x.shape)


def training(dropout_param):
    return dropout_param["mode"] == "train"


@bank.after("out", "not scaled", SCALE, "Divide the mask by the share that is kept.")
def unscaled(result, x):
    return np.where(result != 0, x, 0)


@bank.after("out", "divided by the share that is dropped", SCALE, "Divide the mask by the share that is kept.")
def by_drop(result, x, dropout_param):
    if not training(dropout_param):
        return result
    kept = np.divide(x, result, out=np.zeros_like(x), where=result != 0)  # the share
    return np.divide(x, 1 - kept, out=np.zeros_like(x), where=result != 0)


@bank.after("out", "multiplied by p at test time", TEST, "Return x.")
def test_times_p(result, dropout_param):
    return result if training(dropout_param) else result * dropout_param["p"]


@bank.after("out", "multiplied by 1 - p at test time", TEST, "Return x.")
def test_times_rest(result, dropout_param):
    return result if training(dropout_param) else result * (1 - dropout_param["p"])


@bank.instead("out", "dropped at test time too", TEST, "Look at the mode.")
def always(x, dropout_param):
    return x * (drawn(x, dropout_param) < dropout_param["p"]) / dropout_param["p"]


@bank.instead("out", "one mask for all images", MASK, "Draw x.shape numbers.")
def one_mask(x, dropout_param):
    p = dropout_param["p"]
    return x * (drawn(x[:1], dropout_param) < p) / p if training(dropout_param) else x


@bank.instead("out", "one mask for all images, p the share that is dropped", MASK, "Draw x.shape numbers.")
def one_mask_dropping(x, dropout_param):
    p = dropout_param["p"]
    return x * (drawn(x[:1], dropout_param) >= p) / (1 - p) if training(dropout_param) else x


@bank.instead("out", "nothing dropped", "In training values are dropped.", "Multiply by the mask.")
def never(x):
    return x


add_common(bank, "dx")


@bank.after("dx", "not scaled", SCALE + " Its gradient is scaled alike.", "Multiply by the mask that forward used.")
def dx_unscaled(result, dout):
    return np.where(result != 0, dout, 0)


@bank.instead("dx", "lets everything through", "Only what was kept has a gradient.", "Multiply by the mask.")
def dx_everything(dout):
    return dout


@bank.instead("dx", "masked at test time too", TEST, "Look at the mode.")
def dx_always(x, dropout_param, dout):
    return dout * (drawn(x, dropout_param) < dropout_param["p"]) / dropout_param["p"]


@bank.instead("dx", "mask the other way round", "Only what was kept has a gradient.", "Multiply by the mask.")
def dx_inverted(x, dropout_param, dout):
    p = dropout_param["p"]
    return dout * (drawn(x, dropout_param) >= p) / p if training(dropout_param) else dout


@bank.after("dx", "zero at test time", TEST, "Return dout.")
def dx_test_zero(result, dropout_param):
    return result if training(dropout_param) else np.zeros_like(result)
