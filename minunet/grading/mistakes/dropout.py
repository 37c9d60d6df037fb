"""What goes wrong in inverted dropout."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()

SCALE = "Inverted dropout scales what it keeps by 1/(1-rate), so that the mean stays what it was."
MASK = "Each value is kept or dropped by itself: rng.random(x.shape) >= rate."
SAME = "Backward uses the mask that forward drew: only what was kept has a gradient."


def keep(x, rate, rng):
    """The mask that the contract asks for."""
    return np.random.default_rng(rng.seed).random(x.shape) >= rate


# forward


@bank.after("out", "not scaled", SCALE, "Divide by 1 - rate.")
def unscaled(result, rate):
    return result * (1 - rate)


@bank.after("out", "scaled by 1/rate", SCALE, "1 - rate is the share that is kept.")
def by_rate(result, rate):
    return result * (1 - rate) / rate if rate else result * np.inf


@bank.after("out", "scaled down by 1-rate", SCALE + " Scaling by 1-rate belongs to prediction.", "Divide.")
def scaled_down(result, rate):
    return result * (1 - rate) ** 2


@bank.after("out", "scaled by rate", SCALE, "Divide by 1 - rate.")
def times_rate(result, rate):
    return result * (1 - rate) * rate


@bank.instead(
    "out", "kept and dropped exchanged", "rate is the share that is dropped: kept where random >= rate.", "Write >=."
)
def exchanged(x, rate, rng):
    return x * ~keep(x, rate, rng) / (1 - rate)


@bank.instead(
    "out",
    "kept where random < 1-rate",
    "That drops the same share, by another mask than rng.random(x.shape) >= rate.",
    "random >= rate",
)
def below_complement(x, rate, rng):
    return x * (np.random.default_rng(rng.seed).random(x.shape) < 1 - rate) / (1 - rate)


@bank.instead("out", "whole channels dropped", MASK, "Draw x.shape numbers.")
def by_channel(x, rate, rng):
    drawn = np.random.default_rng(rng.seed).random((*x.shape[:2], *(1 for _ in x.shape[2:])))
    return x * (drawn >= rate) / (1 - rate)


@bank.instead("out", "one mask for all images", MASK, "Draw x.shape numbers.")
def one_mask(x, rate, rng):
    return x * (np.random.default_rng(rng.seed).random(x.shape[1:]) >= rate) / (1 - rate)


@bank.instead("out", "whole pixels dropped in all channels", MASK, "Draw x.shape numbers.")
def by_pixel(x, rate, rng):
    drawn = np.random.default_rng(rng.seed).random((x.shape[0], 1, *x.shape[2:]))
    return x * (drawn >= rate) / (1 - rate)


@bank.instead("out", "drawn from a normal distribution", MASK, "rng.random draws between 0 and 1.")
def normal(x, rate, rng):
    return x * (np.random.default_rng(rng.seed).standard_normal(x.shape) >= rate) / (1 - rate)


@bank.instead(
    "out",
    "drawn by binomial",
    "It drops the same share by another mask; the contract's is rng.random(x.shape) >= rate.",
    "rng.random",
)
def binomial(x, rate, rng):
    return x * np.random.default_rng(rng.seed).binomial(1, 1 - rate, x.shape) / (1 - rate)


@bank.instead("out", "drawn in float32", "It draws other numbers than rng.random(x.shape).", "Leave out dtype.")
def in_float32(x, rate, rng):
    return x * (np.random.default_rng(rng.seed).random(x.shape, np.float32) >= rate) / (1 - rate)


@bank.instead("out", "nothing dropped", "In training values are dropped.", "Multiply by the mask.")
def nothing(x):
    return x


@bank.instead("out", "scaled, nothing dropped", "In training values are dropped.", "Multiply by the mask.")
def scaled_alone(x, rate):
    return x / (1 - rate)


@bank.instead("out", "the mask for the values", "The mask is what x is multiplied by.", "Multiply x by it.")
def mask_alone(x, rate, rng):
    return keep(x, rate, rng) / (1 - rate)


@bank.instead("out", "divided by the share that was really kept", SCALE, "Divide by 1 - rate, whatever was drawn.")
def by_share(x, rate, rng):
    kept = keep(x, rate, rng)
    return x * kept / kept.mean()


# gradient

add_common(bank, "dx")


@bank.after("dx", "not scaled", SCALE, "Divide by 1 - rate.")
def dx_unscaled(result, rate):
    return result * (1 - rate)


@bank.after("dx", "scaled twice", "It is scaled once, as in forward.", "Divide by 1 - rate once.")
def dx_scaled_twice(result, rate):
    return result / (1 - rate)


@bank.after("dx", "scaled down by 1-rate", SCALE + " Scaling by 1-rate belongs to prediction.", "Divide.")
def dx_scaled_down(result, rate):
    return result * (1 - rate) ** 2


@bank.after("dx", "scaled by 1/rate", SCALE, "1 - rate is the share that is kept.")
def dx_by_rate(result, rate):
    return result * (1 - rate) / rate if rate else result * np.inf


@bank.instead("dx", "lets everything through", SAME, "Multiply by forward's mask.")
def dx_everything(dout):
    return dout


@bank.instead("dx", "scaled, lets everything through", SAME, "Multiply by forward's mask.")
def dx_scaled_alone(dout, rate):
    return dout / (1 - rate)


@bank.instead("dx", "mask the other way round", SAME, "Keep what forward kept.")
def dx_inverted(x, rate, rng, dout):
    return dout * ~keep(x, rate, rng) / (1 - rate)


@bank.instead("dx", "draws a new mask", SAME, "Take the mask from the cache.")
def dx_new_mask(x, rate, rng, dout):
    generator = np.random.default_rng(rng.seed)
    generator.random(x.shape)  # forward's
    return dout * (generator.random(x.shape) >= rate) / (1 - rate)


@bank.instead("dx", "where dout is positive", SAME, "Take the mask from the cache.")
def dx_of_dout(dout, rate):
    return dout * (dout > 0) / (1 - rate)


@bank.instead(
    "dx", "dropped where x is 0 too", SAME + " A zero of the output may be a zero of x.", "Keep the mask itself."
)
def dx_of_zeros(x, rate, rng, dout):
    return dout * (keep(x, rate, rng) & (x != 0)) / (1 - rate)


@bank.after("dx", "times x", "Forward is linear in x: the derivative is the mask and its scale.", "Leave out x.")
def dx_times_x(result, x):
    return result * x
