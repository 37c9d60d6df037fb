"""What goes wrong in a fully connected layer."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()


def rows(x):
    """(N, D)."""
    return x.reshape(len(x), -1)


@bank.before("out", "bias forgotten", "The bias is added to every row.", "Add b.")
def no_bias(b):
    return {"b": np.zeros_like(b)}


@bank.before("out", "bias subtracted", "The bias is added.", "Write + for -.")
def minus_bias(b):
    return {"b": -b}


@bank.before("out", "first bias for all", "Each output has a bias of its own.", "Add b, not b[0].")
def first_bias(b):
    return {"b": np.full_like(b, b[0])}


@bank.instead("out", "w mixed up by reshape", "A reshape does not exchange axes.", "x.reshape(N, -1) @ w")
def reshaped(x, w, b):
    return rows(x) @ w.reshape(w.shape[::-1]).T + b


@bank.instead("out", "x reshaped in the wrong order", "Each row of x is one image.", "x.reshape(N, -1)")
def columns(x, w, b):
    return x.reshape(-1, len(x)).T @ w + b


@bank.after("out", "ReLU applied", "ReLU is a layer of its own.", "Return the product as it is.")
def rectified(result):
    return np.maximum(result, 0)


@bank.before("out", "divided by the inputs", "Nothing is averaged.", "Leave out the division.")
def mean_of_inputs(w):
    return {"w": w / len(w)}


@bank.after("out", "divided by N", "Nothing is averaged.", "Leave out the division.")
def divided(result):
    return result / len(result)


add_common(bank, "dx")


@bank.after("dx", "not reshaped", "dx has x's shape.", ".reshape(x.shape)")
def flat(result):
    return rows(result)


@bank.instead("dx", "w mixed up by reshape", "A reshape does not exchange axes.", "dout @ w.T")
def dx_reshaped(x, w, dout):
    return (dout @ w.reshape(w.shape[::-1])).reshape(x.shape)


@bank.instead("dx", "x in the place of w", "d(x w)/dx is w.", "dout @ w.T")
def dx_by_x(x, dout):
    return x * dout.sum(axis=1).reshape(-1, *(1 for _ in x.shape[1:]))


add_common(bank, "dw")


@bank.before("dw", "first image only", "The images' gradients add up.", "x.T @ dout")
def first_image(x, dout):
    return {"x": x[:1], "dout": dout[:1]}


@bank.before("dw", "last image only (= for +=)", "The images' gradients add up.", "Write += for =.")
def last_image(x, dout):
    return {"x": x[-1:], "dout": dout[-1:]}


@bank.after("dw", "transposed", "dw has w's shape, (D, M).", "x.T @ dout")
def transposed(result):
    return result.T


@bank.instead("dw", "x mixed up by reshape", "A reshape does not exchange axes.", "x.reshape(N, -1).T @ dout")
def dw_reshaped(x, dout):
    return x.reshape(-1, len(x)) @ dout


add_common(bank, "db")


@bank.before("db", "first image only", "The images' gradients add up.", "dout.sum(axis=0)")
def db_first_image(x, dout):
    return {"x": x[:1], "dout": dout[:1]}


@bank.before("db", "last image only (= for +=)", "The images' gradients add up.", "Write += for =.")
def db_last_image(x, dout):
    return {"x": x[-1:], "dout": dout[-1:]}


@bank.instead("db", "one number for all outputs", "Each output has a bias of its own.", "dout.sum(axis=0)")
def db_total(dout):
    return np.full(dout.shape[1], dout.sum())


@bank.instead("db", "summed over the outputs", "The sum runs over the images.", "axis=0")
def db_wrong_axis(dout):
    return dout.sum(axis=1)


@bank.instead("db", "not summed over images", "One bias serves all images.", "dout.sum(axis=0)")
def db_by_image(dout):
    return dout
