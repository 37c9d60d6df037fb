"""What goes wrong in a ReLU."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()


# forward


@bank.instead("out", "leaky", "Negative values become 0, not a hundredth.", "Write 0 for 0.01 * x.")
def leaky(x):
    return np.where(x > 0, x, 0.01 * x)


@bank.instead("out", "leaky, by a tenth", "Negative values become 0, not a tenth.", "Write 0 for 0.1 * x.")
def very_leaky(x):
    return np.where(x > 0, x, 0.1 * x)


@bank.instead("out", "absolute value", "Negative values become 0; they do not change their sign.", "max(x, 0)")
def absolute(x):
    return np.abs(x)


@bank.instead("out", "smaller for larger", "It is the larger of x and 0.", "np.maximum, not np.minimum.")
def smaller(x):
    return np.minimum(x, 0)


@bank.instead("out", "minus the negative part", "It is the larger of x and 0, not of -x and 0.", "np.maximum(x, 0)")
def of_negative(x):
    return np.maximum(-x, 0)


@bank.after("out", "clipped at 1", "It has no upper bound.", "np.maximum(x, 0)")
def clipped(result):
    return np.minimum(result, 1)


@bank.after("out", "clipped at 6", "That is ReLU6; ReLU has no upper bound.", "np.maximum(x, 0)")
def clipped_at_six(result):
    return np.minimum(result, 6)


@bank.instead("out", "1 where positive", "Positive values stay what they are.", "Multiply the mask by x.")
def step(x):
    return (x > 0).astype(x.dtype)


@bank.instead("out", "at least 1", "The threshold is 0.", "np.maximum(x, 0)")
def at_least_one(x):
    return np.maximum(x, 1)


@bank.instead("out", "sigmoid", "It is another nonlinearity.", "np.maximum(x, 0)")
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@bank.instead("out", "tanh", "It is another nonlinearity.", "np.maximum(x, 0)")
def tanh(x):
    return np.tanh(x)


@bank.instead("out", "softplus", "It is a smooth relative, log(1 + exp(x)).", "np.maximum(x, 0)")
def softplus(x):
    return np.logaddexp(x, 0)


@bank.instead("out", "x as it is", "Negative values become 0.", "np.maximum(x, 0)")
def identity(x):
    return x


@bank.instead("out", "squared", "Positive values stay what they are.", "Multiply the mask by x once.")
def squared(x):
    return np.where(x > 0, x * x, 0)


@bank.instead("out", "values up to 1 become 0", "The threshold is 0.", "x > 0")
def above_one(x):
    return np.where(x > 1, x, 0)


@bank.instead("out", "shifted down to start at 0", "Nothing is subtracted.", "np.maximum(x, 0)")
def less_minimum(x):
    return x - x.min()


@bank.instead("out", "largest of the whole array", "It is taken entry by entry.", "np.maximum, not np.max.")
def one_maximum(x):
    return np.full_like(x, max(x.max(), 0))


# gradient

add_common(bank, "dx")


@bank.after(
    "dx",
    "1 at zero",
    "At x = 0 there is no derivative; by convention it is 0 there, and it is where dead or padded pixels are.",
    "x > 0, not x >= 0.",
)
def one_at_zero(result, x, dout):
    return np.where(x == 0, dout, result)


@bank.instead("dx", "a half at zero", "By convention the derivative at 0 is 0.", "x > 0")
def half_at_zero(x, dout):
    return dout * np.heaviside(x, 0.5)


@bank.instead("dx", "lets everything through", "Where x was negative nothing depends on it.", "Multiply by x > 0.")
def everything(dout):
    return dout


@bank.instead(
    "dx", "where dout is positive", "It is x that decides, not dout.", "dout * (x > 0): x comes from the cache."
)
def by_dout(dout):
    return np.maximum(dout, 0)


@bank.instead(
    "dx",
    "where both x and dout are positive",
    "That is guided backpropagation, a way to draw pictures; the gradient keeps its sign.",
    "dout * (x > 0)",
)
def guided(x, dout):
    return np.maximum(dout, 0) * (x > 0)


@bank.instead("dx", "mask the other way round", "The gradient passes where x was positive.", "x > 0, not x < 0.")
def inverted(x, dout):
    return dout * (x <= 0)


@bank.instead("dx", "mask the other way round, less zeros", "The gradient passes where x was positive.", "x > 0")
def inverted_strictly(x, dout):
    return dout * (x < 0)


@bank.instead("dx", "times x", "The derivative is 1 where x is positive, not x.", "Multiply by the mask, not by out.")
def times_x(x, dout):
    return dout * np.maximum(x, 0)


@bank.instead("dx", "leaky", "Where x was negative nothing depends on it.", "Write 0 for 0.01.")
def leaky_gradient(x, dout):
    return np.where(x > 0, dout, 0.01 * dout)


@bank.instead("dx", "leaky, by a tenth", "Where x was negative nothing depends on it.", "Write 0 for 0.1.")
def very_leaky_gradient(x, dout):
    return np.where(x > 0, dout, 0.1 * dout)


@bank.instead("dx", "sign of x", "Where x was negative the derivative is 0, not -1.", "Multiply by x > 0.")
def by_sign(x, dout):
    return dout * np.sign(x)


@bank.instead("dx", "where x is above 1", "The threshold is 0.", "x > 0")
def gradient_above_one(x, dout):
    return dout * (x > 1)


@bank.instead("dx", "the ReLU of x", "It is out once more; the gradient is dout where x > 0.", "dout * (x > 0)")
def output_again(x):
    return np.maximum(x, 0)


@bank.instead("dx", "the ReLU of dout times x", "The derivative is 1 where x is positive.", "dout * (x > 0)")
def of_product(x, dout):
    return np.maximum(x * dout, 0)


@bank.instead("dx", "absolute", "The gradient keeps its sign.", "dout * (x > 0)")
def absolute_gradient(x, dout):
    return np.abs(dout) * (x > 0)
