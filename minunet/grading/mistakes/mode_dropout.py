"""What goes wrong in a dropout that has a mode and a seed of its own."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()

SCALE = "Inverted dropout divides what it keeps by the share that is kept."
TEST = "At test time nothing is dropped and, as training has scaled already, nothing scaled."


def drawn(x, dropout_param):
    """What the course's np.random.seed and np.random.rand draw."""
    return np.random.RandomState(dropout_param["seed"]).random_sample(x.shape)


def train(dropout_param):
    return dropout_param["mode"] == "train"


@bank.instead("out", "not scaled", SCALE, "Divide the mask by p.")
def unscaled(x, dropout_param):
    return x * (drawn(x, dropout_param) < dropout_param["p"]) if train(dropout_param) else x


@bank.instead("out", "not scaled, p the share that is dropped", SCALE, "Divide the mask by 1 - p.")
def unscaled_drop(x, dropout_param):
    return x * (drawn(x, dropout_param) >= dropout_param["p"]) if train(dropout_param) else x


@bank.instead(
    "out", "kept and dropped exchanged", "What is kept is divided by the share that is kept.", "rand < p with / p"
)
def exchanged(x, dropout_param):
    return x * (drawn(x, dropout_param) >= dropout_param["p"]) / dropout_param["p"] if train(dropout_param) else x


@bank.instead("out", "scaled by the share that is dropped", SCALE, "rand < p with / p")
def by_drop(x, dropout_param):
    p = dropout_param["p"]
    return x * (drawn(x, dropout_param) < p) / (1 - p) if train(dropout_param) else x


@bank.instead("out", "scaled at test time too", TEST, "Return x.")
def test_scaled(x, dropout_param):
    p = dropout_param["p"]
    return x * (drawn(x, dropout_param) < p) / p if train(dropout_param) else x * p


@bank.instead(
    "out", "scaled at test time, not in training", TEST + " " + SCALE, "Return x at test time, divide in training."
)
def vanilla(x, dropout_param):
    p = dropout_param["p"]
    return x * (drawn(x, dropout_param) < p) if train(dropout_param) else x * p


@bank.instead("out", "dropped at test time too", TEST, "Look at the mode.")
def always(x, dropout_param):
    return x * (drawn(x, dropout_param) < dropout_param["p"]) / dropout_param["p"]


@bank.instead("out", "nothing dropped", "In training values are dropped.", "Multiply by the mask.")
def never(x):
    return x


add_common(bank, "dx")


@bank.instead("dx", "not scaled", SCALE + " Its gradient is scaled alike.", "Multiply by the mask that forward used.")
def dx_unscaled(x, dropout_param, dout):
    return dout * (drawn(x, dropout_param) < dropout_param["p"]) if train(dropout_param) else dout


@bank.instead("dx", "lets everything through", "Only what was kept has a gradient.", "Multiply by the mask.")
def dx_everything(dout):
    return dout


@bank.instead("dx", "masked at test time too", TEST, "Look at the mode.")
def dx_always(x, dropout_param, dout):
    return dout * (drawn(x, dropout_param) < dropout_param["p"]) / dropout_param["p"]


@bank.instead("dx", "mask the other way round", "Only what was kept has a gradient.", "Multiply by the mask.")
def dx_inverted(x, dropout_param, dout):
    p = dropout_param["p"]
    return dout * (drawn(x, dropout_param) >= p) / p if train(dropout_param) else dout


@bank.instead("dx", "zero at test time", TEST, "Return dout.")
def dx_test_zero(x, dropout_param, dout):
    p = dropout_param["p"]
    return dout * (drawn(x, dropout_param) < p) / p if train(dropout_param) else np.zeros_like(dout)
